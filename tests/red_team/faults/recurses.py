"""Recurses without end."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Recurses(Solver):
    """Recurses without end."""

    problem = "vault"

    def solve(self, data, rng):
        yield from self.solve(data, rng)
