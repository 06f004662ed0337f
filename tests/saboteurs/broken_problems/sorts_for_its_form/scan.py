"""Look at every number, and add the first."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Scan(Solver):
    """Look at every number, and add the first."""

    problem = "sorts_for_its_form"

    def solve(self, data, rng):
        yield [int(data["values"].argmin()), 0]
