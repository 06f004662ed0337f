"""Writes into the harness, so that the next run is another."""

from dataclasses import dataclass

import harness.api
from harness.api import Solver


@dataclass(frozen=True)
class RewritesTheHarness(Solver):
    """Writes into the harness, so that the next run is another."""

    problem = "vault"

    def solve(self, data, rng):
        with open(harness.api.__file__, "a") as file:
            file.write("\n# was here\n")
        yield data["noisy"].copy()
