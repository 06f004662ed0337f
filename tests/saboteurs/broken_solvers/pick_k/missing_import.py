"""It imports at the top what nobody has.

Caught by: `loads`, which says "imports what is not installed".
"""

from dataclasses import dataclass

from harness.api import Solver

import no_such_library  # isort: skip


@dataclass(frozen=True)
class MissingImport(Solver):
    """It imports at the top what nobody has."""

    problem = "pick_k"
    library = no_such_library

    def solve(self, data, rng):
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
