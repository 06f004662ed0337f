"""MaxScore: leave out the words that cannot bring a document among the k best.

The index is that of eager scoring, and knows the largest impact of each word. Words of a query are
taken by falling largest impact. Once the words from some place on, all together, can add no more
than the k-th best score so far, a document that has none of the words before is out: only their
lists, the short ones as a rule, are added up, and the other words are looked up for the few
documents that still have a chance. This is done for 4096 documents at a time.

A word that many documents have is stored as one impact for each document, which is no larger than
its list would be from half of the documents on; there a look-up is one read, and the largest impact
is known for each 4096 documents.

The index takes O(tokens). A query takes O(postings) at worst, and usually a small part of that: the
more its words differ in how rare they are, and the smaller k is, the less.

Departs from the papers: blocks of equal numbers of documents, in place of blocks of postings, and
bounds of blocks for frequent words only.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval import _bm25_index
from harness.api import Solver


@dataclass(frozen=True)
class MaxScore(Solver):
    """Exact pruning by the largest impacts."""

    problem = "bm25_search"
    growth: ClassVar = {"memory": {"n": 1}}

    dtype: str = "float32"  # of what is stored and of sums
    column_share: float = 0.1  # of the documents, from which on a word is stored as a column

    def __post_init__(self):
        if self.dtype not in _bm25_index.DTYPES:
            raise ValueError(f"dtype is {self.dtype!r}; choose float32 or float64")
        if not self.column_share > 0:
            raise ValueError(f"column_share is {self.column_share}; expected a number above 0")

    def solve(self, events, rng):
        index = _bm25_index.build(events.corpus, events.formula, self.dtype, self.column_share)
        ask = index.by_max_score(events.k)
        for query in events:
            yield ask(query)
