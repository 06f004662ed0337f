"""It picks one too few.

Caught by: `answers`, which says "different indexes, expected".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class TooFew(Solver):
    """It picks one too few."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield list(range(data.k - 1))
