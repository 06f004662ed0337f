"""Never ends being imported."""

import time
from dataclasses import dataclass

from harness.api import Solver

time.sleep(600)


@dataclass(frozen=True)
class HangsOnImport(Solver):
    """Never ends being imported."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
