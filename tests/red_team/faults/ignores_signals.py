"""Ignores every signal that can be ignored, and goes on for ever."""

import signal
import time
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class IgnoresSignals(Solver):
    """Ignores every signal that can be ignored, and goes on for ever."""

    problem = "vault"

    def solve(self, data, rng):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        while True:
            time.sleep(0.01)
            yield data["noisy"].copy()
