"""Always the opposite of the last bit."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Opposite(Solver):
    """Always the opposite of the last bit."""

    problem = "toy_online"

    def solve(self, events, rng):
        for bit in events:
            yield 1 - bit
