"""Only answers that a trace may skip are wrong.

Caught by: `answers`, which says "answer 1113: 4 different indexes, expected 5".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class WrongBetween(Solver):
    """Only answers that a trace may skip are wrong."""

    problem = "pick_k"

    def solve(self, data, rng):
        right = list(range(data.k))
        yield right
        for number in range(1500):
            yield right[:-1] if number == 1111 and data.k == 5 and len(data.values) == 50 else right
