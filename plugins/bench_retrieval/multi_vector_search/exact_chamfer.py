"""Exact: the similarity to every document, in a kernel that keeps nothing but the maxima.

A tile of 8 document tokens by 32 query tokens stays in registers while their entries go by; only
the largest inner products leave it. n |Q| |P| d multiplications a query, no index, no memory.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval._rankings import best
from bench_retrieval.multi_vector_search._corpus import Corpus
from harness.api import Solver


@dataclass(frozen=True)
class ExactChamfer(Solver):
    """All documents compared."""

    problem = "multi_vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    def solve(self, data, rng):
        corpus = Corpus(data)
        every = np.arange(corpus.n)
        for query in data:
            yield best(corpus.similarities(query, every), corpus.k)
