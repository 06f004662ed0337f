"""Starts sleeping grandchildren in sessions of their own, then waits for them."""

import subprocess
import sys
from dataclasses import dataclass

from harness.api import Solver

SCRIPT = """
import os, time
if os.fork() == 0:
    os.setsid()
time.sleep(600)
"""


@dataclass(frozen=True)
class SleepingGrandchildren(Solver):
    """Starts sleeping grandchildren in sessions of their own, then waits for them."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        children = [
            subprocess.Popen([sys.executable, "-S", "-c", SCRIPT], start_new_session=True)
            for _ in range(3)
        ]
        for child in children:
            child.wait()
