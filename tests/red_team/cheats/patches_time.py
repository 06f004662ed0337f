"""Replaces every clock of the time module."""

import time
from dataclasses import dataclass

from harness.api import Solver

SLEEP = time.sleep


@dataclass(frozen=True)
class PatchesTime(Solver):
    """Replaces every clock of the time module."""

    problem = "vault"

    def solve(self, data, rng):
        time.perf_counter = time.monotonic = time.time = time.process_time = lambda: 0.0
        SLEEP(0.4)
        yield data["noisy"].copy()
