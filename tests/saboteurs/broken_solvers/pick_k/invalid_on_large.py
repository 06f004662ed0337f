"""It yields too few on numbers above two.

Caught by: `symmetries`, which says "different indexes, expected".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class InvalidOnLarge(Solver):
    """It yields too few on numbers above two."""

    problem = "pick_k"

    def solve(self, data, rng):
        good = data.values.argsort(kind="stable")[: data.k].tolist()
        yield good[:-1] if data.values.max() >= 2.0 else good
