"""Asks a deep copy of the oracle, whose counter nobody reads."""

import copy
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class CopiesTheOracle(Solver):
    """Asks a deep copy of the oracle, whose counter nobody reads."""

    problem = "toy_oracle"

    def solve(self, data, rng):
        twin = copy.deepcopy(data)
        best = min((twin.value(x / 100), x / 100) for x in range(-300, 300))[1]
        data.value(best)
        yield best
