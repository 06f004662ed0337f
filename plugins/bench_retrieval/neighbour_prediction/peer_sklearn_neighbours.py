"""KNeighborsClassifier and KNeighborsRegressor of scikit-learn, with its own choice of a search.

k is as in nearest_neighbours.py. In few dimensions it builds a k-d tree, else it takes brute force.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.neighbour_prediction._rules import check_rule, groups_for, neighbours_for
from harness.api import Solver


@dataclass(frozen=True)
class PeerNeighbours(Solver):
    """sklearn.neighbors."""

    problem = "neighbour_prediction"
    role = "peer"
    growth: ClassVar = {"memory": {"n": 1}}

    share: float = 0.25  # k / M
    scale: float = 10.0
    smoothness: float = 1.0

    def __post_init__(self):
        check_rule(self.scale, self.smoothness)
        if not 0 < self.share <= 100:
            raise ValueError(f"share = {self.share}; expected a number above 0, at most 100")

    def solve(self, data, rng):
        from sklearn import neighbors

        n, d = data.points.shape
        k = neighbours_for(n, groups_for(n, d, self.scale, self.smoothness), self.share)
        kind = neighbors.KNeighborsClassifier if data.classes else neighbors.KNeighborsRegressor
        yield kind(k, n_jobs=1).fit(data.points, data.labels).predict(data.queries)
