"""One parameter has no default.

Caught by: `loads`, which says "has no default".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class NoDefault(Solver):
    """One parameter has no default."""

    problem = "pick_k"

    effort: int

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
