"""Look at every number, and add an index that does not count."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Scan(Solver):
    """Look at every number, and add an index that does not count."""

    problem = "edits_answers"

    def solve(self, data, rng):
        yield [len(data["values"]), int(data["values"].argmin())]
