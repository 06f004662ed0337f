"""Remembers answers in the process, by the bytes of the data."""

import time
from dataclasses import dataclass

from harness.api import Solver

SEEN = {}


@dataclass(frozen=True)
class RemembersInProcess(Solver):
    """Remembers answers in the process, by the bytes of the data."""

    problem = "vault"

    def solve(self, data, rng):
        key = data["noisy"].tobytes()
        if key not in SEEN:
            time.sleep(0.05)
            SEEN[key] = data["noisy"].copy()
        yield SEEN[key]
