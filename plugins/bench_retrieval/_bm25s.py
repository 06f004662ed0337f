"""How the package bm25s is called: eager sparse scoring in Python, by the author of the method.

It takes lists of numbers, which are made on the clock; that is about an eighth of the time of the
index. All is done in one thread, by what the package's documentation shows, of its ways to build
the index by the faster one (`csc_backend`). Terms that no document has, and queries without any
other, are kept from it: it gives such terms a weight in bm25l and bm25+, and refuses such queries
where the corpus was given by numbers.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np

Found = tuple[np.ndarray, np.ndarray]


def run(events: Any, backend: str) -> Iterator[Found]:
    """Index the corpus with the package, and ask it one query after the other."""
    package = Package(events, backend)
    for query in events:
        documents, scores = package.ask([query])
        yield documents[0], scores[0]


def run_batches(events: Any, backend: str) -> Iterator[Found]:
    """The same, a batch of queries in one call."""
    package = Package(events, backend)
    for tokens, places in events:
        yield package.ask([tokens[a:b] for a, b in pairwise(places)])


class Package:
    """An index of the package. With k1 = delta = 0 its bm25l divides 0 by 0; lucene is the same."""

    def __init__(self, events: Any, backend: str) -> None:
        import bm25s

        without_watcher()
        corpus, formula, n_terms = events.corpus, events.formula, events.corpus["n_terms"]
        documents = as_lists(corpus["tokens"], corpus["offsets"])
        k1, delta, method = formula["k1"], formula["delta"], formula["variant"]
        if method == "bm25l" and k1 + delta == 0:
            method = "lucene"
        self._k = events.k
        settings = {"k1": k1, "b": formula["b"], "delta": delta, "method": method}
        self._index = bm25s.BM25(**settings, backend=backend, csc_backend="scipy")
        if any(documents):
            vocabulary = {str(term): term for term in range(n_terms)}
            self._index.index((documents, vocabulary), show_progress=False)
        self._is_known = np.zeros(n_terms, bool)
        self._is_known[corpus["tokens"]] = True

    def ask(self, queries: list[np.ndarray]) -> Found:
        """The best k of each query: documents and scores, a row for each."""
        known = [self._known(query) for query in queries]
        rows = [row for row, query in enumerate(known) if query]
        best = np.tile(np.arange(self._k), (len(queries), 1))
        scores = np.zeros(best.shape)
        if rows:
            asked = [known[row] for row in rows]
            found = self._index.retrieve(asked, k=self._k, show_progress=False, n_threads=0)
            best[rows], scores[rows] = found.documents, found.scores
        return best, scores

    def _known(self, query: np.ndarray) -> list[int]:
        query = query[(query >= 0) & (query < len(self._is_known))]
        return query[self._is_known[query]].tolist()


def without_watcher() -> None:
    """Keep the package's progress bars, which are not shown, from starting a thread that watches
    them; a run is allowed one thread.
    """
    with suppress(ImportError):  # the package goes without
        from tqdm.auto import tqdm

        tqdm.monitor_interval = 0


def as_lists(tokens: np.ndarray, offsets: np.ndarray) -> list[list[int]]:
    """The documents as lists of tokens."""
    everything, places = tokens.tolist(), offsets.tolist()
    return [everything[places[i] : places[i + 1]] for i in range(len(places) - 1)]
