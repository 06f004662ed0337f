"""Writes rubbish into every file it finds open."""

import contextlib
import os
import time
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class GarblesItsChannel(Solver):
    """Writes rubbish into every file it finds open."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        for descriptor in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(descriptor, b"P" + bytes(range(256)))
        time.sleep(600)
