"""k-NN: the k nearest points vote, or their labels are averaged.

k is `share` times the number of groups M that the split rule would take, M = scale n^(2a/(2a+d)),
rounded, or a number that is given. Brute force: O(n d) a query, and O(n) for the selection.

Departs from the textbook: where classes are equally frequent the first one is taken.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.neighbour_prediction._rules import (
    check_rule,
    groups_for,
    neighbours_for,
    predictions,
)
from harness.api import Solver


@dataclass(frozen=True)
class NearestNeighbours(Solver):
    """The k nearest points."""

    problem = "neighbour_prediction"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {"k": ("log integer", 1, 1000)}

    k: int = 0  # 0: by the rule below
    share: float = 0.25  # of M; what the split rule's default acts as
    scale: float = 10.0
    smoothness: float = 1.0

    def __post_init__(self):
        check_rule(self.scale, self.smoothness)
        if not isinstance(self.k, int) or self.k < 0:
            raise ValueError(f"k = {self.k}; expected a whole number, 0 or above")
        if not 0 < self.share <= 100:
            raise ValueError(f"share = {self.share}; expected a number above 0, at most 100")

    def solve(self, data, rng):
        n, d = data.points.shape
        groups = groups_for(n, d, self.scale, self.smoothness)
        yield predictions(data, min(n, self.k) or neighbours_for(n, groups, self.share))
