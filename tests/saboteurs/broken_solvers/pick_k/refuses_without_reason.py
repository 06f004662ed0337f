"""It refuses a case, and does not say why.

Caught by: `runs`, which says "solve() refused the case: it does not say why; say which limit".
"""

from dataclasses import dataclass

from harness.api import Solver, Unsupported


@dataclass(frozen=True)
class RefusesWithoutReason(Solver):
    """It refuses a case, and does not say why."""

    problem = "pick_k"

    def solve(self, data, rng):
        if len(data.values) == 1:
            raise Unsupported
        yield sorted(range(len(data.values)), key=lambda i: data.values[i])[: data.k]
