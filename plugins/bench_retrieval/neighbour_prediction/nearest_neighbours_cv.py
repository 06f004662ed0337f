"""k-NN with k by cross-validation: of 1, 3, 7, 15, ... the one that errs least on left-out parts.

The points are cut into `folds` parts; each, or so many of its points that `most` are left out in
all, is predicted from the others, and the nearest `largest` points of a query serve all k at once,
sorted once. Time O(min(n, most) n d) for the choice, O(n d) a query.

Departs from the textbook: of equal k the smallest is taken.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.neighbour_prediction._rules import blocks, predictions, vote
from harness.api import Solver


@dataclass(frozen=True)
class NearestNeighboursCV(Solver):
    """k-NN, k chosen on the training points."""

    problem = "neighbour_prediction"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}  # of n above `most`

    folds: int = 5
    largest: int = 255  # k that is tried
    most: int = 4000  # left-out points that are predicted for the choice

    def __post_init__(self):
        for name in ("largest", "most"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise ValueError(f"{name} = {getattr(self, name)}; expected a whole number above 0")
        if not isinstance(self.folds, int) or self.folds < 2:
            raise ValueError(f"folds = {self.folds}; expected a whole number, 2 or above")

    def solve(self, data, rng):
        n = len(data.points)
        yield predictions(data, 1)
        if n < 4:
            return
        folds = min(self.folds, n)
        fold = rng.permutation(n) % folds
        fewest = n - int(np.bincount(fold).max())
        tried = [2**i - 1 for i in range(1, 20) if 2**i - 1 <= min(self.largest, fewest)]
        costs = np.zeros(len(tried))
        share = min(1.0, self.most / n)
        for number in range(folds):
            known, asked = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
            asked = asked[: max(1, int(share * len(asked)))]
            near, labels = data.labels[known], data.labels[asked]
            for part, gaps in blocks(data.points[known], data.points[asked]):
                best = np.argpartition(gaps, tried[-1] - 1, axis=1)[:, : tried[-1]]
                ranks = np.argsort(np.take_along_axis(gaps, best, 1), axis=1, kind="stable")
                found = near[np.take_along_axis(best, ranks, 1)]
                for place, k in enumerate(tried):
                    said = vote(found[:, :k], data.classes)
                    wrong = said != labels[part] if data.classes else (said - labels[part]) ** 2
                    costs[place] += wrong.sum()
        yield predictions(data, tried[int(costs.argmin())])
