"""MUVERA: one vector for each document, all of them multiplied by the query's, the best re-ranked.

Token sets become fixed dimensional encodings of repetitions * 2^bits * projection entries (`_fde`),
whose inner products rank documents about as their Chamfer similarity does. The best `candidates` by
them are compared exactly. A query costs n times as many multiplications as an encoding has entries,
and candidates * |Q| |P| d; the index takes O(R |P| d (bits + projection)) a document, and 4 n times
as many bytes as an encoding has entries. Where that is more than `memory`, from 26,214 documents on
at the defaults, the paper's last projection shortens the encodings to what fits; `fde_pq` keeps all
entries, in codes.

The paper's settings: (20, 3, 8), (20, 4, 8), (20, 5, 8) and (20, 5, 16), with every empty bucket
filled; it re-ranks with query tokens clustered at tau = 0.7. On the corpora here it takes fewer
candidates not to fill.

Departs from the paper: documents are gone through one by one instead of by a graph.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.multi_vector_search import _fde
from bench_retrieval.multi_vector_search._corpus import Corpus, answers, at_least
from harness.api import Solver


@dataclass(frozen=True)
class FDE(Solver):
    """Fixed dimensional encodings, scanned; exact re-ranking."""

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
    candidates: int = 100  # compared exactly; recall 0.9 to 0.99 on the corpora here
    rerank: bool = True  # False: answers with the candidates as they are
    tau: float = 0.0  # clusters query tokens for the re-ranking; the paper: 0.7; 0 is off
    sketch: str = "dense"  # or count, one sign for each entry, as the authors' program does
    final: int = 0  # entries of an encoding, by a last projection; 0 leaves what memory allows
    memory: int = 1 << 30  # bytes of all encodings; a last projection shortens longer ones

    def __post_init__(self):
        _fde.check(self.repetitions, self.bits, self.projection, self.sketch, self.final)
        at_least(0, tau=self.tau)
        at_least(1, candidates=self.candidates, memory=self.memory)

    def solve(self, data, rng):
        corpus = Corpus(data)
        encoder = _fde.Encoder(
            corpus.dim,
            self.repetitions,
            self.bits,
            self.projection,
            self.sketch,
            _fde.shortened(self.final, self.memory, corpus.n),
            rng,
        )
        index = encoder.documents(corpus.tokens, corpus.offsets, self.fill)
        yield from answers(
            corpus,
            data,
            lambda query: index @ encoder.query(query),
            self.candidates,
            self.rerank,
            self.tau,
        )
