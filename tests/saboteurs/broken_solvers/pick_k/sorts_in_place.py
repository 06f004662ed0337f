"""It sorts the data themselves.

Caught by: `runs`, which says "work on a copy".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class SortsInPlace(Solver):
    """It sorts the data themselves."""

    problem = "pick_k"

    def solve(self, data, rng):
        data.values.sort()
        yield list(range(data.k))
