"""Sparse product by scipy: a batch of queries times the matrix of impacts, in float64.

The impacts are a sparse matrix of words and documents, the queries one of queries and words. Their
product, some queries at a time, has all scores. The index takes O(tokens) time and 12 bytes for
each pair of a document and a word that it has, a query O(postings of its words + documents).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval._bm25_index import impact_matrix
from bench_retrieval._bm25_top import top
from harness.api import Solver

_SCORES_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class SparseProduct(Solver):
    """A sparse matrix times many queries."""

    problem = "bm25_batch"
    papers = ("bm25s",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, events, rng):
        from scipy.sparse import csr_array

        impacts, shift = impact_matrix(events.corpus, events.formula)
        by_word, n = impacts.T, impacts.shape[0]  # the columns, seen as rows
        rows = max(1, _SCORES_AT_ONCE // n)
        for tokens, places in events:
            is_known = (tokens >= 0) & (tokens < len(shift))
            ends = np.concatenate([[0], np.cumsum(is_known)])[places]
            known = tokens[is_known]
            shape = (len(places) - 1, len(shift))
            queries = csr_array((np.ones(len(known)), known, ends), shape=shape)
            added = queries @ shift
            best = np.empty((len(added), events.k), np.int64)
            scores = np.empty(best.shape)
            for first in range(0, len(added), rows):
                found = (queries[first : first + rows] @ by_word).toarray()
                for i, row in enumerate(found, start=first):
                    best[i], scores[i] = top(row, events.k)
            yield best, scores + added[:, None]
