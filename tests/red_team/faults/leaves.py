"""Ends its process without a word, exit code 0."""

import os
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Leaves(Solver):
    """Ends its process without a word, exit code 0."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        os._exit(0)
