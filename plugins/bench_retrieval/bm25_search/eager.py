"""Eager sparse scoring: what a word adds to a document is worked out when the index is made.

BM25 is a sum over the words of the query, and each part depends on the document and the word
alone. So the index holds these parts, by words, each with the documents that have the word; a query
adds up the lists of its words and takes the k largest sums. In bm25l and bm25+ a word adds
something to documents without it as well; the lists hold what is beyond that, and it is added at
the end.

The index takes O(tokens) time and 8 bytes for each pair of a document and a word that it has. A
query takes O(postings of its words + documents).

Departs from the paper: documents are scored 4096 at a time, so that the sums stay in the cache; the
k best are kept in a heap, and only sums above its least are looked at, where the paper's package
partitions all; repeated words of a query are added at once.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval import _bm25_index
from harness.api import Solver


@dataclass(frozen=True)
class Eager(Solver):
    """All lists of a query added up."""

    problem = "bm25_search"
    papers = ("bm25s",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    dtype: str = "float32"  # of what is stored and of sums; the paper's; float64 is exact to 1e-12

    def __post_init__(self):
        if self.dtype not in _bm25_index.DTYPES:
            raise ValueError(f"dtype is {self.dtype!r}; choose float32 or float64")

    def solve(self, events, rng):
        ask = _bm25_index.build(events.corpus, events.formula, self.dtype).by_sum(events.k)
        for query in events:
            yield ask(query)
