"""It picks one number again and again.

Caught by: `answers`, which says "1 different indexes, expected 5".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Repeats(Solver):
    """It picks one number again and again."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield [0] * data.k
