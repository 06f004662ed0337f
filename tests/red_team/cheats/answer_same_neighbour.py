"""Names the same neighbour ten times."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class AnswerSameNeighbour(Solver):
    """Names the same neighbour ten times."""

    problem = "nearest"

    def solve(self, data, rng):
        yield np.full(10, 3)
