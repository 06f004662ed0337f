"""It takes for granted that there are two numbers.

Caught by: `runs`, which says "on uniform[n=1,k=1], seed 0: solve() raised IndexError".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class FailsOnOne(Solver):
    """It takes for granted that there are two numbers."""

    problem = "pick_k"

    def solve(self, data, rng):
        first, second = data.values[0], data.values[1]
        if first <= second:
            yield list(range(data.k))
        else:
            yield list(range(len(data.values) - data.k, len(data.values)))
