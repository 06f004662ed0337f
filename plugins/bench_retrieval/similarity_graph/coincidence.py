"""The coincidence index: Jaccard's index times the overlap.

The overlap, or interiority, is the sum of min(|x|, |y|) over the smaller of the sums of |x| and
|y|. For probabilities at total variation t the factors are (1 - t) / (1 + t) and 1 - t. It is the
stricter of the two, and no metric: 1 - C breaks the triangle inequality, so no metric tree may use
it. Two vectors of zeros have 1.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.similarity_graph._graph import neighbours, share, sums
from harness.api import Solver


@dataclass(frozen=True)
class Coincidence(Solver):
    """Jaccard times interiority."""

    problem = "similarity_graph"
    role = "paper"
    papers = ("further-generalizations-jaccard-index",)
    growth: ClassVar = {"time": {"n": 2, "dim": 1}}

    def solve(self, data, rng):
        def similarity(x, y):
            a, b = np.abs(x), np.abs(y)
            least, most = sums(a, b)
            smaller = np.minimum(a.sum(axis=1)[:, None], b.sum(axis=1))
            both = (smaller > 0) | (most == 0)  # one vector of zeros overlaps with nothing
            return share(sums(x, y)[0], most) * np.where(both, share(least, smaller), 0.0)

        yield from neighbours(data.points, data.k, similarity)
