"""Column sums by scipy: eager scoring with a sparse matrix of a library, in float64.

The impacts are a matrix of documents and words, stored by columns. A query picks the columns of its
words and multiplies them by how often it has each. The index takes O(tokens) time and 12 bytes for
each pair of a document and a word that it has; a query takes O(postings of its words + documents),
but the columns are copied first.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval._bm25_index import impact_matrix
from bench_retrieval._bm25_top import top
from harness.api import Solver


@dataclass(frozen=True)
class ColumnSums(Solver):
    """A sparse matrix times a query."""

    problem = "bm25_search"
    papers = ("bm25s",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, events, rng):
        matrix, shift = impact_matrix(events.corpus, events.formula)
        for query in events:
            known = query[(query >= 0) & (query < len(shift))]
            terms, times = np.unique(known, return_counts=True)
            scores = matrix[:, terms] @ times.astype(np.float64)
            yield top(scores + shift[terms] @ times, events.k)
