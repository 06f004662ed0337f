"""rank-bm25: the package in plain Python; a query looks its words up in the dict of each document.

Its class BM25Okapi scores weight * f * (k1 + 1) / (f + k1 nb), and all five variants are that with
their own weight and k1, but for what all documents get; these are put in. Its idf gives negative
weights a quarter of the mean weight, which is no variant here. Its class BM25L multiplies by f once
more (in 0.2.2) and its BM25Plus is the same loop, so neither is used.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval import _bm25_index, _bm25s
from bench_retrieval._bm25_top import top
from harness.api import Solver

_TINY = 1e-12  # in place of k1 = 0 and 1 - b = 0, where the package may divide 0 by 0


@dataclass(frozen=True)
class PeerRankBm25(Solver):
    """rank_bm25.BM25Okapi.get_scores."""

    problem = "bm25_search"
    role = "peer"
    requires = ("rank-bm25",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, events, rng):
        from rank_bm25 import BM25Okapi

        corpus, formula, k = events.corpus, events.formula, events.k
        offsets, n_terms = corpus["offsets"], corpus["n_terms"]
        documents = _bm25s.as_lists(corpus["tokens"], offsets)
        kappa = formula["k1"] + (formula["delta"] if formula["variant"] == "bm25l" else 0.0)
        kappa = max(kappa, _TINY)
        okapi = None
        if any(documents):
            okapi = BM25Okapi(documents, k1=kappa, b=min(formula["b"], 1 - _TINY))
        frequencies = np.zeros(n_terms, np.int64)
        for document in documents:
            frequencies[list(set(document))] += 1
        weight, shift, _ = _bm25_index.parts(formula, frequencies, np.diff(offsets))
        if okapi:
            okapi.idf = dict(enumerate((weight / (kappa + 1)).tolist()))
        for query in events:
            known = query[(query >= 0) & (query < n_terms)]
            scores = np.zeros(len(documents))
            if okapi:
                scores = okapi.get_scores(known.tolist()) + shift[known].sum()
            yield top(scores, k)
