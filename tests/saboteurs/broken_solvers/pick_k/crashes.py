"""It takes its process down.

Caught by: `runs`, which says "crashed: the process was ended by SIGSEGV".
"""

import os
import signal
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Crashes(Solver):
    """It takes its process down."""

    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
        os.kill(os.getpid(), signal.SIGSEGV)
