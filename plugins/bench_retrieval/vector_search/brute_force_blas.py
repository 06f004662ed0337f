"""Brute force by numpy: distances as a product of the corpus and the query, then a selection.

|q - x|^2 = |q|^2 - 2 <q, x> + |x|^2, where |x|^2 is computed once, so that BLAS does the work; the
rounding of the expanded form is put right by exact distances of the few that come out best.
Time O(n d) a query and O(n) for the selection, memory O(n) beyond the corpus.

Departs from the textbook: vectors are shifted by their mean under l2, which makes the expanded form
as accurate as it can be.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.vector_search._index import centred_rows, unit_rows
from harness.api import Solver


@dataclass(frozen=True)
class BruteForceBLAS(Solver):
    """Exact up to rounding, by matrix products."""

    problem = "vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    spare: int = 10  # vectors beyond k whose exact distance is computed

    def __post_init__(self):
        if not isinstance(self.spare, int) or self.spare < 0:
            raise ValueError(f"spare = {self.spare}; expected a whole number, 0 or above")

    def solve(self, events, rng):
        k, n = events.k, len(events.corpus)
        kept = min(n, k + self.spare)
        if events.metric == "l2":
            rows, mean = centred_rows(events.corpus, "l2")
            halves = np.einsum("ij,ij->i", rows, rows) / 2
        else:
            rows = unit_rows(events.corpus) if events.metric == "cosine" else events.corpus
            mean = halves = None
        for query in events:
            if halves is None:
                values = -(rows @ query)
            else:
                query = query - mean
                values = halves - rows @ query
            best = np.argpartition(values, kept - 1)[:kept]
            near = rows[best]
            if halves is None:
                exact = -(near.astype(np.float64) @ query)
            else:
                exact = ((near - query) ** 2).sum(axis=1)
            yield best[np.argsort(exact, kind="stable")[:k]]
