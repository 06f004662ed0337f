"""FastCLARANS: try random candidates, each with the best of the k medoids.

Only the candidate is drawn; the shared form of FastPAM1 gives the change for all k medoids in one
pass, and the best of these swaps is executed where it lowers the cost. That looks at k swaps in
the time in which CLARANS looks at one, so a search may end after fewer tries in vain: `share` of
the n - k candidates. The best of two searches is the answer. O(n + k) for a try; memory O(n + k)
beyond the matrix.

Departs from the paper: the best medoid is the one with the least loss before the shared part is
added; the authors' program compares losses with and without it, and so misses the best one often.
A swap must gain more than 1e-12 of the cost at the start.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_clustering.k_medoids._clarans import random_swaps
from harness.api import Solver


@dataclass(frozen=True)
class FastCLARANS(Solver):
    """Random candidates, each for the medoid that it replaces best."""

    problem = "k_medoids"
    papers = ("faster-k-medoids-clustering-improving",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 2, "k": 0}, "memory": {"n": 1}}  # of the tries in vain

    restarts: int = 2  # as CLARANS
    share: float = 0.025  # of all candidates, tried in vain, that ends a search; as published

    def solve(self, data, rng):
        n, k = len(data.dissimilarities), data.k
        limit = max(1, math.ceil(self.share * (n - k)))

        def attempt(caches, draws, failures):
            candidate = rng.integers(n, size=draws, dtype=np.int32)
            caches.fastclarans(candidate, limit, failures)

        return random_swaps(data, rng, self.restarts, limit, attempt)
