"""Its role is none.

Caught by: `loads`, which says "expected paper, baseline, peer".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class WrongRole(Solver):
    """Its role is none."""

    problem = "pick_k"
    role = "winner"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
