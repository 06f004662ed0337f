"""FasterCLARA: FasterPAM on a few samples twice as large as CLARA's.

With samples of s objects O(s^2) for a round of eager swaps and O(n k) to judge a sample; only
those parts of the matrix are read. Memory O(s^2).

Departs from the paper: nothing that we know of.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_clustering.k_medoids._clara import best_of_samples
from bench_clustering.k_medoids.fasterpam import FasterPAM
from harness.api import Solver


@dataclass(frozen=True)
class FasterCLARA(Solver):
    """Clustering of samples by FasterPAM."""

    problem = "k_medoids"
    papers = ("fast-eager-k-medoids-clustering",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 0}}  # of judging samples

    samples: int = 5  # as CLARA
    size: int = 80  # objects in a sample, and
    size_per_medoid: int = 4  # so many more for each medoid: 80 + 4k, the paper's doubling
    init: str = "random"  # or build, lab

    def solve(self, data, rng):
        size = self.size + self.size_per_medoid * data.k
        return best_of_samples(data, rng, FasterPAM(init=self.init), self.samples, size)
