"""It yields None.

Caught by: `answers`, which says "expected a list of integers".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ReturnsNone(Solver):
    """It yields None."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield None
