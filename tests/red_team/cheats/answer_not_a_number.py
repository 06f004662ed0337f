"""Yields NaN."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class AnswerNotANumber(Solver):
    """Yields NaN."""

    problem = "nearest"

    def solve(self, data, rng):
        yield np.full(10, np.nan)
