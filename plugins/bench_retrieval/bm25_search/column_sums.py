"""Column sums by scipy: eager scoring with a sparse matrix of a library, in float64.

The impacts are a matrix of documents and words, stored by columns. A query picks the columns of its
words and multiplies them by how often it has each. The index takes O(tokens) time and 12 bytes for
each pair of a document and a word that it has; a query takes O(postings of its words + documents),
but the columns are copied first.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.bm25_search import _index
from bench_retrieval.bm25_search._top import top
from harness.api import Solver


@dataclass(frozen=True)
class ColumnSums(Solver):
    """A sparse matrix times a query."""

    problem = "bm25_search"
    papers = ("bm25s",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, events, rng):
        from scipy.sparse import csr_array

        corpus, k = events.corpus, events.k
        tokens, offsets, n_terms = corpus["tokens"], corpus["offsets"], corpus["n_terms"]
        shape = (len(offsets) - 1, n_terms)
        matrix = csr_array((np.ones(len(tokens)), tokens, offsets), shape=shape).tocsc()
        matrix.sum_duplicates()
        frequencies = np.diff(matrix.indptr)
        weight, shift, norm = _index.parts(events.formula, frequencies, np.diff(offsets))
        matrix.data /= matrix.data + norm[matrix.indices]
        matrix.data *= np.repeat(weight, frequencies)
        for query in events:
            known = query[(query >= 0) & (query < n_terms)]
            terms, times = np.unique(known, return_counts=True)
            scores = matrix[:, terms] @ times.astype(np.float64)
            yield top(scores + shift[terms] @ times, k)
