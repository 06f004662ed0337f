"""Random medoids: the floor that every solver should beat.

Draws k objects, as often as asked, and keeps the cheapest; O(n k) for each draw beyond the first.
The first draw is the random start of the other solvers. Memory O(k).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_clustering.k_medoids._matrix import Matrix
from bench_clustering.k_medoids._starts import random_medoids
from harness.api import Solver


@dataclass(frozen=True)
class RandomMedoids(Solver):
    """The best of some random draws."""

    problem = "k_medoids"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "k": 1}, "memory": {"n": 0, "k": 1}}

    draws: int = 1  # one: the start of the other solvers, as it is

    def solve(self, data, rng):
        matrix = Matrix(data.dissimilarities)
        cost_of = matrix.function("km_cost")
        best, lowest = None, np.inf
        for _ in range(self.draws):
            medoids = random_medoids(matrix.n, data.k, rng)
            cost = cost_of(matrix.entries, matrix.n, data.k, medoids)
            if cost < lowest:
                best, lowest = medoids, cost
            yield best
