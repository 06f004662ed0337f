"""Calls sys.exit(0) in the middle."""

import sys
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Exits(Solver):
    """Calls sys.exit(0) in the middle."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        sys.exit(0)
