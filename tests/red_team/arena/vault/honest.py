"""Yields the noisy numbers as they are: what an honest solver can reach."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Honest(Solver):
    """The noisy numbers themselves."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
