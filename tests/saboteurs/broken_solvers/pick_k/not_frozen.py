"""Its parameters can be changed.

Caught by: `loads`, which says "must be a frozen dataclass".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass
class NotFrozen(Solver):
    """Its parameters can be changed."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
