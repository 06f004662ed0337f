"""Asks a pickled and unpickled oracle, whose counter nobody reads."""

import pickle
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class PicklesTheOracle(Solver):
    """Asks a pickled and unpickled oracle, whose counter nobody reads."""

    problem = "toy_oracle"

    def solve(self, data, rng):
        twin = pickle.loads(pickle.dumps(data))
        best = min((twin.value(x / 100), x / 100) for x in range(-300, 300))[1]
        data.value(best)
        yield best
