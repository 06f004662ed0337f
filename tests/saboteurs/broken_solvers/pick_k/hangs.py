"""It never ends, and never yields again.

Caught by: `runs`, which says "was still busy after".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Hangs(Solver):
    """It never ends, and never yields again."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
        while True:
            pass
