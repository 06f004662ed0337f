"""PAM: swap a medoid for another object, always the best of all swaps, until none helps.

The swap of medoid i for candidate c changes the total deviation by the sum over objects o of
min(D[o,c], d2(o)) - d1(o) where i is the nearest medoid of o, and of min(D[o,c] - d1(o), 0) where
it is not; d1 and d2 are the dissimilarities to the nearest and the second nearest medoid. Each of
the k (n - k) swaps takes a pass over the objects: O(k n^2) for one step. Memory O(n) beyond the
matrix.

Departs from the book (Kaufman and Rousseeuw 1990): both nearest medoids are kept, as all programs
since do, and not sought anew in every pass; the passes are free of branches, which halves their
time; a swap must gain more than 1e-12 of the cost at the start.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_clustering.k_medoids._starts import begin
from bench_clustering.k_medoids._swap import best_swaps
from harness.api import Solver


@dataclass(frozen=True)
class PAM(Solver):
    """Partitioning around medoids: BUILD, then SWAP."""

    problem = "k_medoids"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 2, "k": 1}, "memory": {"n": 1}}  # of a step

    init: str = "build"  # or random, lab; BUILD is part of the published method

    def solve(self, data, rng):
        caches = yield from begin(self.init, data, rng)
        if caches is not None:
            yield from best_swaps(caches, caches.scan_pam, passes=data.k)
