"""Sends answers of ten megabytes without end."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class AnswersWithoutEnd(Solver):
    """Sends answers of ten megabytes without end."""

    problem = "vault"

    def solve(self, data, rng):
        while True:
            yield np.zeros(1_250_000)
