"""FasterPAM: execute every swap that helps as soon as it is seen.

The candidates are gone through in turn, round and round. One pass over the objects, in the shared
form of FastPAM1, gives the change for all k medoids; the best of them is swapped at once where
that lowers the cost, and the next candidate is looked at, until a whole round went by without a
swap. A candidate takes O(n + k), a swap O(n) and O(k) for each object whose second nearest medoid
is lost; some 2 to 8 rounds are usual. Memory O(n + k) beyond the matrix, and 32 columns where it
is asymmetric.

Departs from the paper: a swap must gain more than 1e-12 of the cost at the start, without which
rounding can make it go on for ever.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_clustering.k_medoids._starts import begin
from harness.api import Solver


@dataclass(frozen=True)
class FasterPAM(Solver):
    """Eager swaps in the shared form."""

    problem = "k_medoids"
    papers = ("fast-eager-k-medoids-clustering",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 2, "k": 0}, "memory": {"n": 1}}  # of a round

    init: str = "random"  # or build, lab; swaps are so cheap that a better start doesn't pay

    def solve(self, data, rng):
        caches = yield from begin(self.init, data, rng)
        state = np.array([0, -1, 0, 0])
        while caches is not None and caches.fell():
            for start, stop in caches.matrix.slices():
                done = caches.fasterpam(stop - start, state)
                yield caches.medoids
                if done:
                    return
