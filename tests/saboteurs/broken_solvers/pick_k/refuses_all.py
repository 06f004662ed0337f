"""It refuses every case.

Caught by: `runs`, which says "cases; make it take a small one at least".
"""

from dataclasses import dataclass

from harness.api import Solver, Unsupported


@dataclass(frozen=True)
class RefusesAll(Solver):
    """It refuses every case."""

    problem = "pick_k"

    def solve(self, data, rng):
        raise Unsupported(f"{len(data.values)} numbers are too many: use another solver")
        yield
