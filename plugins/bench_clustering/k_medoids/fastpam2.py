"""FastPAM2: up to k swaps from one scan, the best of every medoid.

A scan in the shared form of FastPAM1 keeps the best candidate of every medoid. The best of these
swaps is executed; then, in order of what they promised, the others, each first evaluated anew in
one pass, for the swaps before it have changed what it is worth. Then the next scan. A scan takes
O(n^2 + n k), each swap O(n); there are fewer scans than in PAM, and the result may differ from
PAM's, though no better swap is left in the end either. Memory O(n + k) beyond the matrix.

Departs from the paper: a swap must gain more than 1e-12 of the cost at the start, when it is
evaluated anew too.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_clustering.k_medoids._starts import begin
from harness.api import Solver


@dataclass(frozen=True)
class FastPAM2(Solver):
    """PAM that executes the best swap of every medoid before it scans again."""

    problem = "k_medoids"
    papers = ("faster-k-medoids-clustering-improving",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 2, "k": 0}, "memory": {"n": 1}}  # of a scan

    tau: float = 1.0  # share of its promised gain that a later swap may lose; 1: any gain will do
    init: str = "lab"  # or random, build; LAB is the same paper's start

    def solve(self, data, rng):
        caches = yield from begin(self.init, data, rng)
        while caches is not None and caches.fell():
            best = np.full(data.k, -caches.tolerance)
            candidate = np.full(data.k, -1, np.int32)
            for start, stop in caches.matrix.slices():
                caches.scan_each(start, stop, best, candidate)
                yield caches.medoids
            promising = [int(i) for i in best.argsort(kind="stable") if candidate[i] >= 0]
            if not promising:
                return
            caches.swap(promising[0], int(candidate[promising[0]]))
            yield caches.medoids
            for i in promising[1:]:
                if caches.is_medoid[candidate[i]]:
                    continue
                change = caches.change(i, int(candidate[i]))
                if change < -caches.tolerance and change <= best[i] * (1 - self.tau):
                    caches.swap(i, int(candidate[i]))
                    yield caches.medoids
