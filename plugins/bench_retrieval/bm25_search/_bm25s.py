"""How the package bm25s is called: eager sparse scoring in Python, by the author of the method."""

from collections.abc import Iterator
from typing import Any

import numpy as np


def run(events: Any, backend: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Index the corpus with the package, and ask it one query after the other, in one thread.

    It takes lists of numbers. A query without a word that it knows it refuses where the corpus was
    given by numbers, so such a query is answered here. With k1 = delta = 0 its bm25l divides 0 by
    0; lucene is then the same.
    """
    import bm25s

    corpus, formula, k = events.corpus, events.formula, events.k
    documents, n_terms = as_lists(corpus["tokens"], corpus["offsets"]), corpus["n_terms"]
    k1, delta, method = formula["k1"], formula["delta"], formula["variant"]
    if method == "bm25l" and k1 + delta == 0:
        method = "lucene"
    index = bm25s.BM25(k1=k1, b=formula["b"], delta=delta, method=method, backend=backend)
    if any(documents):
        vocabulary = {str(term): term for term in range(n_terms)}
        index.index((documents, vocabulary), show_progress=False)
    has = np.zeros(n_terms, bool)
    has[corpus["tokens"]] = True
    for query in events:
        known = [term for term in query.tolist() if 0 <= term < n_terms and has[term]]
        if known:
            found = index.retrieve([known], k=k, show_progress=False, n_threads=0)
            yield found.documents[0], found.scores[0]
        else:
            yield np.arange(k), np.zeros(k)


def as_lists(tokens: np.ndarray, offsets: np.ndarray) -> list[list[int]]:
    """The documents as lists of tokens."""
    everything, places = tokens.tolist(), offsets.tolist()
    return [everything[places[i] : places[i + 1]] for i in range(len(places) - 1)]
