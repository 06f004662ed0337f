"""FasterPAM of the package kmedoids: eager swaps, in Rust, by the authors of the method.

From the random start of the other solvers, with one thread and no seed, so that it takes the
candidates in their order, as ours does. One call runs to the end: a budget is not heard meanwhile.
"""

from dataclasses import dataclass

from bench_clustering.k_medoids._peer import run
from harness.api import Solver


@dataclass(frozen=True)
class PeerFasterPAM(Solver):
    """kmedoids.fasterpam."""

    problem = "k_medoids"
    role = "peer"
    requires = ("kmedoids",)

    def solve(self, data, rng):
        import kmedoids

        yield from run(kmedoids.fasterpam, data, rng, n_cpu=1)
