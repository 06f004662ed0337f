"""Encodings by the package muvera-python, scanned and re-ranked as ours are.

As released (0.2.0) it fills empty buckets wrongly from 3 bits on: it takes the bucket's number for
its bits, where the numbers are Gray codes, and so chooses tokens that lie elsewhere. With `fill`
off its encodings are those of the authors' program.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bench_retrieval.multi_vector_search._corpus import Corpus, answers, at_least
from bench_retrieval.multi_vector_search._fde import shortened
from harness.api import Solver

_DOCUMENTS = 256  # encoded at a time


@dataclass(frozen=True)
class PeerMuvera(Solver):
    """muvera.Muvera with our re-ranking."""

    problem = "multi_vector_search"
    role = "peer"
    requires = ("muvera-python",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    repetitions: int = 20  # independent partitions of the space
    bits: int = 5  # of a bucket's number
    projection: int = 16  # entries of a token in a bucket; 0 leaves it as it is
    fill: bool = True  # the package's default
    candidates: int = 100  # compared exactly
    rerank: bool = True  # False: answers with the candidates as they are
    memory: int = 1 << 30  # bytes of all encodings; a last projection shortens longer ones

    def __post_init__(self):
        at_least(1, repetitions=self.repetitions, candidates=self.candidates, memory=self.memory)

    def solve(self, data, rng):
        from muvera import Muvera

        corpus = Corpus(data)
        reduced = 0 < self.projection < corpus.dim
        full = self.repetitions * (self.projection if reduced else corpus.dim) << self.bits
        fitting = shortened(0, self.memory, corpus.n)
        encoder = Muvera(
            num_repetitions=self.repetitions,
            num_simhash_projections=self.bits,
            dimension=corpus.dim,
            projection_type="ams_sketch" if reduced else "identity",
            projection_dimension=self.projection if reduced else None,
            fill_empty_partitions=self.fill,
            final_projection_dimension=fitting if fitting < full else None,
            seed=int(rng.integers(1 << 31)),
        )
        tokens, offsets = corpus.tokens, corpus.offsets
        index = np.empty((corpus.n, encoder.output_dimension), np.float32)
        for first in range(0, corpus.n, _DOCUMENTS):
            edges = offsets[first : first + _DOCUMENTS + 1]
            sets = [tokens[a:b] for a, b in pairwise(edges)]
            index[first : first + len(sets)] = encoder.encode_documents(sets)
        yield from answers(
            corpus,
            data,
            lambda query: index @ encoder.encode_queries([query])[0],
            self.candidates,
            self.rerank,
        )
