"""Takes memory until there is none."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class EatsMemory(Solver):
    """Takes memory until there is none."""

    problem = "vault"

    def solve(self, data, rng):
        blocks = []
        while True:
            blocks.append(np.ones(4_000_000))
            if not blocks:
                yield data["noisy"].copy()
