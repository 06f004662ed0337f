"""It never yields again on large instances.

Caught by: `stops`, which says "it was killed after".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Deaf(Solver):
    """It never yields again on large instances."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield list(range(data.k))
        while len(data.values) > 100:
            pass
