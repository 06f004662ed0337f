"""Answers at once and leaves a process working."""

import os
import time
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ChildGoesOn(Solver):
    """Answers at once and leaves a process working."""

    problem = "vault"

    def solve(self, data, rng):
        if os.fork() == 0:
            os.setsid()
            while True:
                time.sleep(0.01)
        yield data["noisy"].copy()
