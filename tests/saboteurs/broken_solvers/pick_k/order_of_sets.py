"""Its answer depends on how Python orders sets of strings.

Caught by: `repeatable`, which says "two runs differ in answer".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class OrderOfSets(Solver):
    """Its answer depends on how Python orders sets of strings."""

    problem = "pick_k"

    def solve(self, data, rng):
        names = {str(index) for index in range(len(data.values))}
        yield [int(name) for name in names][: data.k]
