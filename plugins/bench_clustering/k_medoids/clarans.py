"""CLARANS: try random swaps, take each that helps, give up after many in a row that don't.

A random medoid and a random candidate are drawn; the swap is evaluated in one pass over the
objects and executed where it lowers the cost. After `share` of the k (n - k) swaps have failed in
a row a local optimum is assumed; the best of two is the answer. O(n) for a try; the tries in vain
alone take 1/80 of one step of PAM. Memory O(n) beyond the matrix.

Departs from the paper (Ng and Han 2002): two nearest medoids are kept for each object; a swap
must gain more than 1e-12 of the cost at the start. The least number of tries, 250, is theirs.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_clustering.k_medoids._clarans import random_swaps
from harness.api import Solver


@dataclass(frozen=True)
class CLARANS(Solver):
    """Random swaps of random medoids."""

    problem = "k_medoids"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 2, "k": 1}, "memory": {"n": 1}}  # of the tries in vain

    restarts: int = 2  # as published
    share: float = 0.0125  # of all swaps, tried in vain, that ends a search; as published
    least: int = 250  # tries in vain, where that share is less; as published

    def solve(self, data, rng):
        n, k = len(data.dissimilarities), data.k
        limit = max(self.least, math.ceil(self.share * k * (n - k)))

        def attempt(caches, draws, failures):
            medoid = rng.integers(k, size=draws, dtype=np.int32)
            candidate = rng.integers(n, size=draws, dtype=np.int32)
            caches.clarans(medoid, candidate, limit, failures)

        return random_swaps(data, rng, self.restarts, limit, attempt)
