"""Replaces the clock that the harness itself holds."""

import time
from dataclasses import dataclass

from harness import run
from harness.api import Solver


@dataclass(frozen=True)
class PatchesTheLoop(Solver):
    """Replaces the clock that the harness itself holds."""

    problem = "vault"

    def solve(self, data, rng):
        run.perf_counter = run.process_time = lambda: 0.0
        time.sleep(0.8)
        yield data["noisy"].copy()
