"""Goes on asking when its calls are spent."""

import contextlib
from dataclasses import dataclass

from harness.api import BudgetSpent, Solver


@dataclass(frozen=True)
class GoesBeyondTheBudget(Solver):
    """Goes on asking when its calls are spent."""

    problem = "toy_oracle"

    def solve(self, data, rng):
        best = (float("inf"), 0.0)
        for number in range(-300, 300):
            with contextlib.suppress(BudgetSpent):
                best = min(best, (data.value(number / 100), number / 100))
        yield best[1]
