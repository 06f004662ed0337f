"""It crashes on large instances only.

Caught by: `stops`, which says "crashed: the process was ended by SIGSEGV".
"""

import os
import signal
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class CrashesOnLarge(Solver):
    """It crashes on large instances only."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield list(range(data.k))
        if len(data.values) > 100:
            os.kill(os.getpid(), signal.SIGSEGV)
