"""Takes memory in children, each below the limit, together far beyond."""

import os
import time
from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class EatsMemoryByChildren(Solver):
    """Takes memory in children, each below the limit, together far beyond."""

    problem = "vault"

    def solve(self, data, rng):
        for _ in range(12):
            if os.fork() == 0:
                block = np.ones(10_000_000)
                time.sleep(600)
                os._exit(int(block[0]))
        time.sleep(600)
        yield data["noisy"].copy()
