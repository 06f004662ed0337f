"""BM25 by the package bm25s, with its own words: English stop words, no stemming."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval._bm25s import without_watcher
from harness.api import Solver


@dataclass(frozen=True)
class PeerBM25S(Solver):
    """bm25s.BM25 as it comes."""

    problem = "limit_retrieval"
    role = "peer"
    requires = ("bm25s",)
    growth: ClassVar = {"time": {"n": 1}}

    def solve(self, data, rng):
        import bm25s

        without_watcher()
        index = bm25s.BM25()
        words = bm25s.tokenize(data.documents, stopwords="en", show_progress=False)
        index.index(words, show_progress=False)
        asked = bm25s.tokenize(data.queries, stopwords="en", show_progress=False)
        found, _ = index.retrieve(asked, k=data.k, show_progress=False, n_threads=0)
        yield np.asarray(found, np.int64)
