"""It yields floats.

Caught by: `answers`, which says "expected a list of integers".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Floats(Solver):
    """It yields floats."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield [float(index) for index in range(data.k)]
