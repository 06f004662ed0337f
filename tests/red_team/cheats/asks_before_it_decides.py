"""Asks for the next event before it decides on the last."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class AsksBeforeItDecides(Solver):
    """Asks for the next event before it decides on the last."""

    problem = "toy_online"

    def solve(self, data, rng):
        first = next(data)
        second = next(data)
        yield second
        yield first
