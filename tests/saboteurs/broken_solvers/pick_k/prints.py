"""It prints.

Caught by: `quiet`, which says "printed 'working...'".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Prints(Solver):
    """It prints."""

    problem = "pick_k"

    def solve(self, data, rng):
        print("working...")
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
