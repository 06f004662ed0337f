"""It raises.

Caught by: `runs`, which says "raised ValueError: no luck (raises.py, line".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Raises(Solver):
    """It raises."""

    problem = "pick_k"

    def solve(self, data, rng):
        luck = rng.choice(len(data.values), data.k, replace=False).tolist()
        raise ValueError("no luck")
        yield luck
