"""Replaces the conformance kit in its own process, and answers wrongly."""

from dataclasses import dataclass

import harness.testing.inside
from harness.api import Solver

harness.testing.inside._solve = lambda task, data: {"runs": []}
harness.testing.inside._facts = lambda task, data: {}


@dataclass(frozen=True)
class PatchesTheKit(Solver):
    """Replaces the conformance kit in its own process, and answers wrongly."""

    problem = "toy_batch"

    def solve(self, data, rng):
        yield 10**9
