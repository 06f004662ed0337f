"""It warns on the error output where there is one number.

Caught by: `quiet`, which says "on uniform[n=1,k=1], seed 0: solve() printed".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Warns(Solver):
    """It warns on the error output where there is one number."""

    problem = "pick_k"

    def solve(self, data, rng):
        data.values.std(ddof=1)
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
