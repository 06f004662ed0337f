"""Prints without end, and answers."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class FloodsOutput(Solver):
    """Prints without end, and answers."""

    problem = "vault"

    def solve(self, data, rng):
        for _ in range(20_000):
            print("x" * 1000)
        yield data["noisy"].copy()
