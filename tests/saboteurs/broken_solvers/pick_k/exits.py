"""It ends the process in good order.

Caught by: `runs`, which says "crashed: the process ended (exit code 0)".
"""

import os
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Exits(Solver):
    """It ends the process in good order."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
        os._exit(0)
