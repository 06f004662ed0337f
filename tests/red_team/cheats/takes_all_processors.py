"""Gives itself every processor, and works on all of them."""

import hashlib
import os
import threading
from dataclasses import dataclass

from harness.api import Solver


def hashing():
    for _ in range(400):
        hashlib.sha256(bytes(1 << 20)).digest()


@dataclass(frozen=True)
class TakesAllProcessors(Solver):
    """Gives itself every processor, and works on all of them."""

    problem = "vault"

    def solve(self, data, rng):
        os.sched_setaffinity(0, range(os.cpu_count()))
        threads = [threading.Thread(target=hashing) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        yield data["noisy"].copy()
