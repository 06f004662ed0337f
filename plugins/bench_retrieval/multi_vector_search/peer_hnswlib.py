"""Encodings as in `fde`, searched through a graph by the package hnswlib.

The paper searches a graph too, by DiskANN. A query looks at some thousand encodings at most instead
of all; building the graph takes far longer than encoding, so that encodings have 2,560 entries by
default. One thread, so that the graph is the same each time.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.multi_vector_search import _fde
from bench_retrieval.multi_vector_search._corpus import Corpus, at_least
from harness.api import Solver


@dataclass(frozen=True)
class PeerHnswlib(Solver):
    """hnswlib.Index on fixed dimensional encodings; exact re-ranking."""

    problem = "multi_vector_search"
    role = "peer"
    requires = ("hnswlib",)
    growth: ClassVar = {"memory": {"n": 1}}

    repetitions: int = 20  # independent partitions of the space
    bits: int = 4  # of a bucket's number
    projection: int = 8  # entries of a token in a bucket; 0 leaves it as it is
    fill: bool = True  # empty buckets of a document with its nearest token
    degree: int = 32  # links of a node
    beam: int = 200  # nodes kept while the graph is built
    candidates: int = 100  # asked for, and compared exactly

    def __post_init__(self):
        _fde.check(self.repetitions, self.bits, self.projection, "dense", 0)
        at_least(2, degree=self.degree)
        at_least(1, beam=self.beam, candidates=self.candidates)

    def solve(self, data, rng):
        import hnswlib

        corpus = Corpus(data)
        encoder = _fde.Encoder(
            corpus.dim, self.repetitions, self.bits, self.projection, "dense", 0, rng
        )
        wanted = min(corpus.n, max(corpus.k, self.candidates))
        graph = hnswlib.Index(space="ip", dim=encoder.dim)
        graph.init_index(
            corpus.n,
            M=self.degree,
            ef_construction=self.beam,
            random_seed=int(rng.integers(1 << 31)),
        )
        graph.set_num_threads(1)
        for first, last, part in encoder.in_parts(corpus.tokens, corpus.offsets, self.fill):
            graph.add_items(part, range(first, last))
        graph.set_ef(min(corpus.n, 2 * wanted))
        for query in data:
            found = graph.knn_query(encoder.query(query)[None], k=wanted)[0]
            yield corpus.rerank(query, found[0].astype("int64"))
