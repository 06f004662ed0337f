"""Kills the process that starts the runs."""

import os
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class KillsTheServer(Solver):
    """Kills the process that starts the runs."""

    problem = "vault"

    def solve(self, data, rng):
        os.kill(os.getppid(), 9)
        yield data["noisy"].copy()
