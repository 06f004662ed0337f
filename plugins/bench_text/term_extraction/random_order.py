"""Random order: the floor that every solver should beat. One number for each candidate."""

from dataclasses import dataclass
from typing import ClassVar

from harness.api import Solver


@dataclass(frozen=True)
class RandomOrder(Solver):
    """Independent random scores."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"candidates": 1}}

    def solve(self, data, rng):
        yield rng.random(len(data.candidates) - 1)
