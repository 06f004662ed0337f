"""Yields ten times minus zero."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class AnswerMinusZero(Solver):
    """Yields ten times minus zero."""

    problem = "nearest"

    def solve(self, data, rng):
        yield np.full(10, -0.0)
