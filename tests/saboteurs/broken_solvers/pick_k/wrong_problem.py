"""It says another problem than its folder.

Caught by: `loads`, which says "lies in the folder of".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class WrongProblem(Solver):
    """It says another problem than its folder."""

    problem = "toy_exact"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
