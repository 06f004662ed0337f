"""Calls abort()."""

import os
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Aborts(Solver):
    """Calls abort()."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        os.abort()
