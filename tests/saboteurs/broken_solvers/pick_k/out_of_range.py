"""It counts from one.

Caught by: `answers`, which says "out of range".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class OutOfRange(Solver):
    """It counts from one."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield list(range(1, data.k + 1))
