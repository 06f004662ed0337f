"""Encodings as in `fde`, kept and searched by the package faiss.

`index` is a recipe of faiss's factory: "Flat" scans floats, "HNSW32" goes through a graph, "PQ1280"
scans product-quantised codes (for encodings of 10,240 entries). By default an encoding has 2,560
entries, as graphs of longer ones take too long to build; its rival is `fde[bits=4,projection=8]`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.multi_vector_search import _fde
from bench_retrieval.multi_vector_search._corpus import Corpus, at_least
from harness.api import Solver


@dataclass(frozen=True)
class PeerFaiss(Solver):
    """faiss.index_factory on fixed dimensional encodings; exact re-ranking."""

    problem = "multi_vector_search"
    role = "peer"
    requires = ("faiss-cpu",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}  # of "Flat"

    index: str = "Flat"  # a recipe of faiss.index_factory
    repetitions: int = 20  # independent partitions of the space
    bits: int = 4  # of a bucket's number
    projection: int = 8  # entries of a token in a bucket; 0 leaves it as it is
    fill: bool = True  # empty buckets of a document with its nearest token
    candidates: int = 100  # compared exactly
    train: int = 10000  # documents that centres of codes and lists are found on

    def __post_init__(self):
        _fde.check(self.repetitions, self.bits, self.projection, "dense", 0)
        at_least(1, candidates=self.candidates, train=self.train)

    def solve(self, data, rng):
        import faiss

        faiss.omp_set_num_threads(1)
        corpus = Corpus(data)
        encoder = _fde.Encoder(
            corpus.dim, self.repetitions, self.bits, self.projection, "dense", 0, rng
        )
        wanted = min(corpus.n, max(corpus.k, self.candidates))
        index = faiss.index_factory(encoder.dim, self.index, faiss.METRIC_INNER_PRODUCT)
        if not index.is_trained:
            some = np.sort(rng.permutation(corpus.n)[: self.train])
            index.train(encoder.documents(*corpus.of(some), self.fill))
        for _, _, part in encoder.in_parts(corpus.tokens, corpus.offsets, self.fill):
            index.add(part)
        for query in data:
            found = index.search(encoder.query(query)[None], wanted)[1][0]
            yield corpus.rerank(query, found[found >= 0])
