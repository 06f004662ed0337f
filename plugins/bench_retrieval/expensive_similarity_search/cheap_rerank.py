"""Retrieve and re-rank: the best items by the cheap vectors are compared exactly.

What is usually done. n c multiplications and all calls a query; it knows nothing of the anchors,
but the cheap vectors know of the items what the similarities alone may not tell.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval._rankings import best
from bench_retrieval.expensive_similarity_search._answers import row_by_row
from harness.api import Solver


@dataclass(frozen=True)
class CheapRerank(Solver):
    """Candidates by a cheap embedding."""

    problem = "expensive_similarity_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    def solve(self, data, rng):
        queries, items, calls = data.cheap_queries, data.cheap_items, data.calls

        def search(query):
            guess = items @ queries[query]
            chosen = best(guess, calls)
            return chosen, data.similarities(query, chosen), guess

        yield from row_by_row(data, search)
