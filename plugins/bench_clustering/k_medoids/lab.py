"""LAB: BUILD approximated on samples, by itself.

Each medoid is chosen as BUILD would choose it, but among a fresh sample of 10 + sqrt(n) objects
that are no medoids yet, and by what it gains for them alone. O(n k) in all; memory O(n) beyond the
matrix. What is yielded on the way is filled up with random medoids.

Departs from the paper: nothing that we know of.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_clustering.k_medoids._starts import place
from harness.api import Solver


@dataclass(frozen=True)
class LAB(Solver):
    """Linear approximative BUILD."""

    problem = "k_medoids"
    papers = ("faster-k-medoids-clustering-improving",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 1, "k": 1}, "memory": {"n": 1}}

    def solve(self, data, rng):
        yield from place("lab", data, rng)
