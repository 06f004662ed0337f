"""How often it yields depends on the clock.

Caught by: `repeatable`, which says "answers; take all randomness".
"""

import time
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class UntilTheClock(Solver):
    """How often it yields depends on the clock."""

    problem = "pick_k"

    def solve(self, data, rng):
        end = time.perf_counter() + 0.003
        yield list(range(data.k))
        while time.perf_counter() < end:
            yield list(range(data.k))
