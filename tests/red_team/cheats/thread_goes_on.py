"""Answers at once and leaves a thread working."""

import threading
import time
from dataclasses import dataclass

from harness.api import Solver


def work():
    while True:
        sum(range(10_000))


@dataclass(frozen=True)
class ThreadGoesOn(Solver):
    """Answers at once and leaves a thread working."""

    problem = "vault"

    def solve(self, data, rng):
        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.3)
        yield data["noisy"].copy()
