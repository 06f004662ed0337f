"""ANNCUR: items' embeddings from a CUR decomposition of the anchors' similarities.

With R, the similarities of the anchor queries to all items, and a few anchor items I, drawn once,
the matrix E = pinv(R[:, I]) R embeds each item. A query's similarities c to the anchor items, which
are called for, give a guess c E at all of them; the calls that are left go to the best items by it.
Where the similarities have rank r, at least r anchors on both sides make the guess exact. With
about as many anchor items as anchor queries the pseudo-inverse is nearly singular and the guess
worthless.

Index: a pseudo-inverse and |I| a n multiplications for a anchor queries, 8 |I| n bytes; a query:
all its calls and |I| n multiplications.

Departs from the authors' program: anchor items, whose similarity is paid for, are candidates
without a second call (`reuse`); and a quarter of the calls goes to them, where that leaves it to a
grid.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval._rankings import best
from bench_retrieval.expensive_similarity_search._answers import row_by_row, without
from harness.api import Solver


@dataclass(frozen=True)
class ANNCUR(Solver):
    """CUR decomposition, one round."""

    problem = "expensive_similarity_search"
    role = "paper"
    papers = ("efficient-nearest-neighbor-search-cross",)
    growth: ClassVar = {"time": {"n": 1}}
    space: ClassVar = {"share": ("linear", 0.05, 0.9), "cutoff": ("log", 1e-15, 1e-2)}

    share: float = 0.25  # of the calls go to anchor items
    cutoff: float = 1e-15  # singular values below this share of the largest count as 0
    reuse: bool = True  # anchor items are candidates at no further call

    def __post_init__(self):
        if not 0 < self.share <= 1:
            raise ValueError(f"share is {self.share}, expected above 0, at most 1")
        if not 0 <= self.cutoff < 1:
            raise ValueError(f"cutoff is {self.cutoff}, expected 0 or above, below 1")

    def solve(self, data, rng):
        n, calls, rows = data.n, data.calls, data.anchors
        anchors = rng.permutation(n)[: max(1, round(self.share * calls))]
        embedded = np.linalg.pinv(rows[:, anchors], rcond=self.cutoff) @ rows
        others = without(anchors, n) if self.reuse else np.arange(n)

        def search(query):
            known = data.similarities(query, anchors)
            guess = known @ embedded
            chosen = others[best(guess[others], calls - len(anchors))]
            found = data.similarities(query, chosen)
            if self.reuse:
                return np.append(anchors, chosen), np.append(known, found), guess
            return chosen, found, guess

        yield from row_by_row(data, search)
