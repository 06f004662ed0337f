"""Brute force: all distances, sorted."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Brute(Solver):
    """All distances, sorted."""

    problem = "nearest"

    def solve(self, data, rng):
        yield np.argsort(((data["points"] - data["query"]) ** 2).sum(1))[:10]
