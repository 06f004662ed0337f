"""Yields an array of the wrong shape."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class AnswerWrongShape(Solver):
    """Yields an array of the wrong shape."""

    problem = "nearest"

    def solve(self, data, rng):
        yield np.arange(20).reshape(2, 10)
