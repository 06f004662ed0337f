# Caught by: `loads`, which says "has no docstring".

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class NoDocstring(Solver):
    problem = "pick_k"

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
