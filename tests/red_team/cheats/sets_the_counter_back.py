"""Sets the counter of the oracle back after each call."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class SetsTheCounterBack(Solver):
    """Sets the counter of the oracle back after each call."""

    problem = "toy_oracle"

    def solve(self, data, rng):
        best = (float("inf"), 0.0)
        for number in range(-300, 300):
            best = min(best, (data.value(number / 100), number / 100))
            data._meter.calls = 0
        yield best[1]
