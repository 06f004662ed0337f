"""It sleeps through its budget on large instances.

Caught by: `stops`, which says "with a budget of 0.2 s it went on for 1.".
"""

import time
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Sleeps(Solver):
    """It sleeps through its budget on large instances."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield list(range(data.k))
        if len(data.values) > 100:
            time.sleep(1.4)
        yield list(range(data.k))
