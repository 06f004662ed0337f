"""BUILD: the greedy start of PAM, by itself.

First the object with the least sum of dissimilarities; then always the one that lowers the cost
most, the first of equals. Each takes a pass over the matrix, O(n^2 k) in all. Memory O(n) beyond
the matrix. What is yielded on the way is filled up with random medoids.

Departs from the book (Kaufman and Rousseeuw 1990): nothing.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_clustering.k_medoids._starts import place
from harness.api import Solver


@dataclass(frozen=True)
class Build(Solver):
    """Medoids chosen greedily, never changed."""

    problem = "k_medoids"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 2, "k": 1}, "memory": {"n": 1}}

    def solve(self, data, rng):
        yield from place("build", data, rng)
