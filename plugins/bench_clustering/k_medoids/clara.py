"""CLARA: PAM on a few small samples.

Each sample is clustered by PAM, BUILD and SWAP; the medoids with the least cost over all objects
are kept, and put into the next samples. With samples of s objects O(k s^2) for a step of PAM and
O(n k) to judge a sample; only those parts of the matrix are read. Memory O(s^2).

Departs from the book (Kaufman and Rousseeuw 1990): nothing of substance; samples are drawn from
the given matrix, where the original computes dissimilarities from the data as it needs them.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_clustering.k_medoids._clara import best_of_samples
from bench_clustering.k_medoids.pam import PAM
from harness.api import Solver


@dataclass(frozen=True)
class CLARA(Solver):
    """Clustering of samples by PAM."""

    problem = "k_medoids"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 0}}  # of judging samples

    samples: int = 5  # as published
    size: int = 40  # objects in a sample, and
    size_per_medoid: int = 2  # so many more for each medoid: 40 + 2k, as published

    def solve(self, data, rng):
        size = self.size + self.size_per_medoid * data.k
        return best_of_samples(data, rng, PAM(), self.samples, size)
