"""Yields an array of objects."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class AnswerObjects(Solver):
    """Yields an array of objects."""

    problem = "nearest"

    def solve(self, data, rng):
        yield np.array([object()] * 10)
