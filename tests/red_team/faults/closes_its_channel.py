"""Closes every file it finds, the channel to the harness too, and goes on."""

import os
import time
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ClosesItsChannel(Solver):
    """Closes every file it finds, the channel to the harness too, and goes on."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        os.closerange(0, 1000)
        time.sleep(600)
