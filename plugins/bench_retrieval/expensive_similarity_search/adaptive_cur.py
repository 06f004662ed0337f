"""Adaptive CUR: the anchor items of each query are chosen in rounds, by what is known of it.

The calls are split into rounds. The first takes random items; each later one guesses all
similarities from those known, as ANNCUR does, and calls for the best that are not. So anchor items
lie where the query's best are, and the guess is best where it matters. The answer is the best of
all that was called for.

A pseudo-inverse of an a x |I| matrix and a n multiplications a round and query, for a anchors.

After the abstract of: Yadav, Monath, Zaheer and McCallum, Adaptive Retrieval and Scalable Indexing
for k-NN Search with Cross-Encoders, 2024; in which form they do it we have not seen.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval._rankings import best
from bench_retrieval.expensive_similarity_search._answers import row_by_row, without
from harness.api import Solver


@dataclass(frozen=True)
class AdaptiveCUR(Solver):
    """CUR decomposition in rounds."""

    problem = "expensive_similarity_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}
    space: ClassVar = {"rounds": ("integer", 2, 10), "cutoff": ("log", 1e-15, 1e-2)}

    rounds: int = 5  # the first of them random
    cutoff: float = 1e-15  # singular values below this share of the largest count as 0

    def __post_init__(self):
        if self.rounds < 2:
            raise ValueError(f"rounds is {self.rounds}, expected 2 or more")
        if not 0 <= self.cutoff < 1:
            raise ValueError(f"cutoff is {self.cutoff}, expected 0 or above, below 1")

    def solve(self, data, rng):
        n, rows = data.n, data.anchors
        edges = np.linspace(0, data.calls, self.rounds + 1).astype(int)
        edges[1:-1] = np.maximum(edges[1:-1], 1)  # fewer calls than rounds

        def search(query):
            items = rng.permutation(n)[: edges[1]]
            known = data.similarities(query, items)
            for calls in np.diff(edges[1:]):
                guess = known @ np.linalg.pinv(rows[:, items], rcond=self.cutoff) @ rows
                others = without(items, n)
                chosen = others[best(guess[others], calls)]
                items = np.append(items, chosen)
                known = np.append(known, data.similarities(query, chosen))
            return items, known, guess

        yield from row_by_row(data, search)
