"""It sorts the data where they can be written.

Caught by: `data_untouched`, which says "changed the data (values)".
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class SortsIfItCan(Solver):
    """It sorts the data where they can be written."""

    problem = "pick_k"

    def solve(self, data, rng):
        best = data.values.argsort(kind="stable")[: data.k].tolist()
        if data.values.flags.writeable:
            data.values.sort()
        yield best
