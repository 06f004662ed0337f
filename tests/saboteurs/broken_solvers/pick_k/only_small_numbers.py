"""It relies on numbers below two.

Caught by: `symmetries`, which says "with numbers doubled, seed 0: it raised ValueError".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class OnlySmallNumbers(Solver):
    """It relies on numbers below two."""

    problem = "pick_k"

    def solve(self, data, rng):
        if data.values.max() >= 2.0:
            raise ValueError("numbers of at least two")
        yield data.values.argsort(kind="stable")[: data.k].tolist()
