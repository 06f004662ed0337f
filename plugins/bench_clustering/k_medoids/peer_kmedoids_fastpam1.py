"""FastPAM1 of the package kmedoids: the swaps of PAM, in Rust, by the authors of the method.

From the random start of the other solvers. One call runs to the end: a budget is not heard
meanwhile.
"""

from dataclasses import dataclass

from bench_clustering.k_medoids._peer import run
from harness.api import Solver


@dataclass(frozen=True)
class PeerFastPAM1(Solver):
    """kmedoids.fastpam1."""

    problem = "k_medoids"
    role = "peer"
    requires = ("kmedoids",)

    def solve(self, data, rng):
        import kmedoids

        yield from run(kmedoids.fastpam1, data, rng)
