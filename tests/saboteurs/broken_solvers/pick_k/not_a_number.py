"""It yields NaN.

Caught by: `answers`, which says "expected a list of integers".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class NotANumber(Solver):
    """It yields NaN."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield [float("nan")] * data.k
