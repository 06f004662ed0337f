"""It takes the end of its calls for a failure to be tried again.

Caught by: `calls_spent`, which says "let BudgetSpent pass".
"""

import contextlib
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class SwallowsTheEnd(Solver):
    """It takes the end of its calls for a failure to be tried again."""

    problem = "toy_oracle"

    def solve(self, oracle, rng):
        while True:
            x = float(rng.normal())
            with contextlib.suppress(Exception):
                oracle.value(x)
                yield x
