"""MUVERA with product quantisation: the encodings take a byte for each 8 entries.

As `fde`, but every run of 8 entries of an encoding is replaced by the nearest of 256 centres, found
by k-means on some documents (PQ-256-8): (20, 5, 16) takes 1,280 bytes a document instead of 40,960,
and a query n * 1,280 look-ups. It is the form in which the paper measures latency.

Departs from the paper: documents are gone through one by one instead of by a graph; centres come
from fewer documents, in fewer rounds of k-means.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.multi_vector_search import _fde
from bench_retrieval.multi_vector_search._corpus import Corpus, answers, at_least
from bench_retrieval.multi_vector_search._pq import RUN, Codebook
from harness.api import Solver


@dataclass(frozen=True)
class FDEPQ(Solver):
    """Fixed dimensional encodings in 1/32 of the memory; exact re-ranking."""

    problem = "multi_vector_search"
    role = "paper"
    papers = ("muvera",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {
        "bits": ("integer", 2, 6),
        "projection": ("choice", 4, 8, 16),
        "fill": ("choice", True, False),
        "candidates": ("log integer", 20, 500),
    }

    repetitions: int = 20  # independent partitions of the space
    bits: int = 5  # of a bucket's number
    projection: int = 16  # entries of a token in a bucket; 0 leaves it as it is
    fill: bool = True  # empty buckets of a document with its nearest token, as the paper does
    candidates: int = 100  # compared exactly
    rerank: bool = True  # False: answers with the candidates as they are
    tau: float = 0.0  # clusters query tokens for the re-ranking; the paper: 0.7; 0 is off
    train: int = 1000  # documents that centres are found on; the paper: 100,000 at most
    rounds: int = 4  # of k-means

    def __post_init__(self):
        _fde.check(self.repetitions, self.bits, self.projection, "dense", 0)
        at_least(0, tau=self.tau)
        at_least(1, candidates=self.candidates, train=self.train)
        at_least(0, rounds=self.rounds)

    def solve(self, data, rng):
        corpus = Corpus(data)
        encoder = _fde.Encoder(
            corpus.dim, self.repetitions, self.bits, self.projection, "dense", 0, rng
        )
        some = np.sort(rng.permutation(corpus.n)[: self.train])
        sample = encoder.documents(*corpus.of(some), self.fill)
        book = Codebook(sample, self.rounds, rng)
        codes = np.empty((-(-encoder.dim // RUN), corpus.n), np.uint8)
        for first, last, part in encoder.in_parts(corpus.tokens, corpus.offsets, self.fill):
            book.encode(part, codes[:, first:last])
        yield from answers(
            corpus,
            data,
            lambda query: book.scores(encoder.query(query), codes),
            self.candidates,
            self.rerank,
            self.tau,
        )
