"""Truncated SVD: items' embeddings are the leading singular vectors of the anchors' similarities.

A query's embedding is the one that fits its similarities to some random items best, by least
squares; the calls that are left go to the best items by it. As many calls as ANNCUR, but of fewer
dimensions than anchor items, so that no system is nearly singular.

Index: an SVD of an a x n matrix for a anchor queries; a query: all its calls, |I| r and n r
multiplications.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval._rankings import best
from bench_retrieval.expensive_similarity_search._answers import row_by_row, without
from harness.api import Solver


@dataclass(frozen=True)
class TruncatedSVD(Solver):
    """Least squares in the leading singular vectors."""

    problem = "expensive_similarity_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}
    space: ClassVar = {"share": ("linear", 0.05, 0.9), "rank": ("linear", 0.1, 1.0)}

    share: float = 0.25  # of the calls go to random items
    rank: float = 0.5  # dimensions, as a share of these

    def __post_init__(self):
        for name in ("share", "rank"):
            if not 0 < getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}, expected above 0, at most 1")

    def solve(self, data, rng):
        n, calls = data.n, data.calls
        anchors = rng.permutation(n)[: max(1, round(self.share * calls))]
        vectors = np.linalg.svd(data.anchors, full_matrices=False)[2]
        embedded = vectors[: max(1, round(self.rank * len(anchors)))]
        fit = np.linalg.pinv(embedded[:, anchors])
        others = without(anchors, n)

        def search(query):
            known = data.similarities(query, anchors)
            guess = known @ fit @ embedded
            chosen = others[best(guess[others], calls - len(anchors))]
            found = data.similarities(query, chosen)
            return np.append(anchors, chosen), np.append(known, found), guess

        yield from row_by_row(data, search)
