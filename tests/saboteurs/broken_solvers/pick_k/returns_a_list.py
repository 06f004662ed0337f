"""It returns its answers instead of yielding them.

Caught by: `answers`, which says "yield each answer instead of returning it".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ReturnsAList(Solver):
    """It returns its answers instead of yielding them."""

    problem = "pick_k"

    def solve(self, data, rng):
        return [rng.choice(len(data.values), data.k, replace=False).tolist()]
