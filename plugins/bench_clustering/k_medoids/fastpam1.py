"""FastPAM1: the swaps of PAM, found without the factor k.

Let R_i be what removing medoid i alone would cost, the sum of d2(o) - d1(o) over the objects o
nearest to i. A candidate c changes that by D[o,c] - d2(o) where d1(o) <= D[o,c] < d2(o), by
d1(o) - d2(o) where D[o,c] < d1(o), and in the latter case lowers the cost of every swap alike by
d1(o) - D[o,c]. So one pass over the objects gives the change for all k medoids: O(n^2 + n k) for
one step, and the same swap is chosen. Memory O(n) beyond the matrix.

Departs from the paper: the part that all medoids share is summed once, as in the authors' journal
version of 2021; a swap must gain more than 1e-12 of the cost at the start, without which rounding
can make it go in circles. Where swaps tie within rounding, PAM may take another one.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_clustering.k_medoids._starts import begin
from bench_clustering.k_medoids._swap import best_swaps
from harness.api import Solver


@dataclass(frozen=True)
class FastPAM1(Solver):
    """PAM with the change of all k swaps of a candidate from one pass."""

    problem = "k_medoids"
    papers = ("faster-k-medoids-clustering-improving",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 2}, "memory": {"n": 1}}  # of a step

    init: str = "build"  # or random, lab; as PAM, whose result it gives

    def solve(self, data, rng):
        caches = yield from begin(self.init, data, rng)
        if caches is not None:
            yield from best_swaps(caches, caches.scan_shared)
