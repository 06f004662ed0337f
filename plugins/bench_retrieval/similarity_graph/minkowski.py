"""Minus a distance: Euclidean, city-block or the largest of the differences."""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.similarity_graph._graph import neighbours
from harness.api import Solver


@dataclass(frozen=True)
class Minkowski(Solver):
    """Nearest by a distance."""

    problem = "similarity_graph"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 2, "dim": 1}}

    metric: str = "euclidean"  # or cityblock, chebyshev

    def __post_init__(self):
        if self.metric not in ("euclidean", "cityblock", "chebyshev"):
            raise ValueError(
                f"there is no metric {self.metric!r}; expected euclidean, cityblock or chebyshev"
            )

    def solve(self, data, rng):
        from scipy.spatial.distance import cdist

        yield from neighbours(data.points, data.k, lambda x, y: -cdist(x, y, self.metric))
