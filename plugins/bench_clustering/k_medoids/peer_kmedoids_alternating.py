"""The alternating method of the package kmedoids: k-means with medoids in the place of means.

From the random start of the other solvers. One call runs to the end: a budget is not heard
meanwhile. It is stopped after 1000 iterations, for where the matrix is asymmetric it may go in
circles.
"""

from dataclasses import dataclass

from bench_clustering.k_medoids._peer import run
from harness.api import Solver


@dataclass(frozen=True)
class PeerAlternating(Solver):
    """kmedoids.alternating."""

    problem = "k_medoids"
    role = "peer"
    requires = ("kmedoids",)

    def solve(self, data, rng):
        import kmedoids

        yield from run(kmedoids.alternating, data, rng, max_iter=1000)
