"""Random projection: search in fewer dimensions, then look at the best in full.

y = P x with a Gaussian d x m matrix keeps distances up to a factor 1 +- sqrt(8 ln(n) / m) with high
probability (Johnson and Lindenstrauss 1984), so that the nearest ones are among the `candidates`
nearest in m dimensions. Time O(n m + candidates d) a query, memory O(n m).

Departs from the lemma: m is far below what it asks for; the second stage makes up for that.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.vector_search._index import Vectors, check_counts, two_stages, unit_rows
from harness.api import Solver


@dataclass(frozen=True)
class RandomProjection(Solver):
    """Gaussian projection and exact distances of the best."""

    problem = "vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {
        "dimensions": ("log integer", 4, 128),
        "candidates": ("log integer", 10, 5000),
    }

    dimensions: int = 16  # a line of the cache for each vector
    candidates: int = 200

    def __post_init__(self):
        check_counts(dimensions=self.dimensions, candidates=self.candidates)

    def solve(self, events, rng):
        corpus, metric = events.corpus, events.metric
        n, d = corpus.shape
        m = min(self.dimensions, d)
        if m < d:
            turn = rng.standard_normal((d, m), dtype=np.float32)
        else:
            turn = np.eye(d, dtype=np.float32)
        rows = unit_rows(corpus) if metric == "cosine" else corpus
        flat = "l2" if metric == "l2" else "ip"
        projected = Vectors(rows @ turn, flat, min(n, max(events.k, self.candidates)))
        yield from two_stages(events, lambda query: projected.nearest(query @ turn), events.k)
