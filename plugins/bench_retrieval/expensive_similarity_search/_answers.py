"""What the solvers share: the answer is filled row by row, with what was compared exactly first."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench_retrieval._rankings import best

Search = Callable[[int], tuple[np.ndarray, np.ndarray, np.ndarray]]


def row_by_row(oracle: Any, search: Search) -> Iterator[np.ndarray]:
    """Answer one query after the other; the rows of those to come say that they are not.

    Args:
        search: takes the number of a query and gives the items that it compared, their
            similarities, and a guess at those of all items, by which places are filled where fewer
            than k were compared.
    """
    answer = np.full((oracle.queries, oracle.k), -1)
    yield answer
    for query in range(oracle.queries):
        items, similarities, guess = search(query)
        items, first = np.unique(items, return_index=True)
        ranked = items[best(similarities[first], oracle.k)]
        if len(ranked) < oracle.k:
            others = np.delete(np.arange(oracle.n), items)
            ranked = np.append(ranked, others[best(guess[others], oracle.k - len(ranked))])
        answer[query] = ranked
        yield answer


def without(items: np.ndarray, n: int) -> np.ndarray:
    """The items 0..n-1 that are not among these."""
    kept = np.ones(n, bool)
    kept[items] = False
    return np.flatnonzero(kept)
