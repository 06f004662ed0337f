"""Draws from the global generator, not from its own."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class DrawsGlobally(Solver):
    """Draws from the global generator, not from its own."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"] + np.random.normal(size=len(data["noisy"]))
