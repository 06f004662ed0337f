"""Writes into the instance, which all runs share."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ChangesTheInstance(Solver):
    """Writes into the instance, which all runs share."""

    problem = "vault"

    def solve(self, data, rng):
        data["noisy"][:] = 0.0
        yield data["noisy"].copy()
