"""It yields something that would do the work later.

Caught by: `answers`, which says "expected plain data".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Lazy(Solver):
    """It yields something that would do the work later."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield (index for index in range(data.k))
