"""The addition-based index: 2 sum s min(|x|, |y|) over the sum of |x| + |y|.

Jaccard's index with the sum of both vectors in the place of their union; without signs it is 1 less
Bray and Curtis' dissimilarity, and 2 J / (1 + J), so that it ranks as J does. With signs it does
not. It is no metric: 1 less the index breaks the triangle inequality. Two vectors of zeros have 1.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.similarity_graph._graph import neighbours, share, sums
from harness.api import Solver


@dataclass(frozen=True)
class BrayCurtis(Solver):
    """Signed minima over sums."""

    problem = "similarity_graph"
    role = "paper"
    papers = ("further-generalizations-jaccard-index",)
    growth: ClassVar = {"time": {"n": 2, "dim": 1}}

    def solve(self, data, rng):
        def similarity(x, y):
            whole = np.abs(x).sum(axis=1)[:, None] + np.abs(y).sum(axis=1)
            return share(2 * sums(x, y)[0], whole)

        yield from neighbours(data.points, data.k, similarity)
