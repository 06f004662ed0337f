"""Random points, for ever."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class RandomPoints(Solver):
    """Random points, for ever."""

    problem = "toy_oracle"

    def solve(self, oracle, rng):
        while True:
            x = float(rng.normal())
            oracle.value(x)
            yield x
