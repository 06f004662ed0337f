"""MaxScore: leave out the words that cannot bring a document among the k best.

Words of a query are taken by falling largest impact. Once the words from some place on, all
together, can add no more than the k-th best score so far, only the lists before are added up, and
the other words are looked up for the documents that still have a chance; words that many documents
have are stored as one impact for each document for that. A batch is one call, which goes through
its queries, each for 4096 documents at a time.

The index takes O(tokens), a query O(postings) at worst, and usually a small part of that.

Departs from the papers (Turtle and Flood 1995; Ding and Suel 2011): blocks of equal numbers of
documents, in place of blocks of postings, and bounds of blocks for frequent words only.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval import _bm25_index
from harness.api import Solver


@dataclass(frozen=True)
class MaxScore(Solver):
    """Exact pruning by the largest impacts."""

    problem = "bm25_batch"
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
        ask = index.all_by_max_score(events.k)
        for tokens, places in events:
            yield ask(tokens, places)
