"""Draws from the clock, so that runs with one seed differ."""

import time
from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class SeedsOnTheClock(Solver):
    """Draws from the clock, so that runs with one seed differ."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"] + np.random.default_rng(time.time_ns()).normal(size=len(data["noisy"]))
