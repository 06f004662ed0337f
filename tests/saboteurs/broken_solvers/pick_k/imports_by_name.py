"""It imports a package where no reader of the file can see which.

Caught by: `imports`, which says "solve() is the first to import click".
"""

import importlib
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ImportsByName(Solver):
    """Any k, once a package is there that it does not need."""

    problem = "pick_k"

    def solve(self, data, rng):
        importlib.import_module("cli" + "ck")
        yield rng.choice(len(data.values), data.k, replace=False).tolist()
