"""Vectors and codes as the kernels scan them, and the two stages of most indices.

Under the metric cosine vectors and queries are scaled to length one, so that inner products rank
them; the kernels then know two metrics only.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness.api import kernel


class Room:
    """What a search for k rows writes to, allocated once."""

    def __init__(self, k: int) -> None:
        self.k = k
        self.room = np.empty(kernel("vector_search").vs_room(k), np.uint64)
        self.values, self.ids = np.empty(k, np.float32), np.empty(k, np.int32)
        self.places = self.k, self.room, self.values, self.ids


class Vectors:
    """Exact distances between vectors and a query.

    Args:
        corpus: float32[n, d].
        metric: l2, ip or cosine.
        k: how many neighbours a search returns, at most n.

    Attributes:
        rows: float32[n, d], scaled to length one under cosine.
    """

    def __init__(self, corpus: np.ndarray, metric: str, k: int) -> None:
        self.rows = unit_rows(corpus) if metric == "cosine" else corpus
        self._cosine, self._code = metric == "cosine", int(metric != "l2")
        self._room = Room(k)
        self._all = np.array([0, len(corpus)])
        self._scan, self._listed = (
            getattr(kernel("vector_search"), name) for name in ("vs_scan", "vs_listed")
        )

    def query(self, query: np.ndarray) -> np.ndarray:
        """The query as it is compared with the rows."""
        return unit_rows(query[None])[0] if self._cosine else query

    def nearest(self, query: np.ndarray, bounds: np.ndarray | None = None) -> np.ndarray:
        """The k nearest rows, nearest first; of these stretches only where bounds are given.

        Args:
            query: as `self.query` gave it.
            bounds: int64[2 p], the begin and the end of each stretch.
        """
        bounds = self._all if bounds is None else bounds
        found = self._scan(
            self.rows,
            self.rows.shape[1],
            query,
            self._code,
            bounds,
            len(bounds) // 2,
            *self._room.places,
        )
        return self._room.ids[:found]

    def among(self, query: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """The k nearest of the rows that int32 ids name, none of them twice."""
        d = self.rows.shape[1]
        places = self._room.places
        found = self._listed(self.rows, d, query, self._code, ids, len(ids), *places)
        return self._room.ids[:found]


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """The rows scaled to length one, float32; none of them is 0."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    return (rows / lengths[:, None]).astype(np.float32)


def centred_rows(corpus: np.ndarray, metric: str) -> tuple[np.ndarray, np.ndarray]:
    """What codes are made of, and its mean: the rows (scaled to length one under cosine) - mean."""
    rows = unit_rows(corpus) if metric == "cosine" else corpus
    mean = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    return rows - mean, mean


def two_stages(
    events: Any, coarse: Callable[[np.ndarray], np.ndarray], k: int
) -> Iterator[np.ndarray]:
    """Answer each query by the best, in exact distances, of those that a coarse search returns.

    Args:
        events: the corpus and the queries.
        coarse: from a query as it came to int32 numbers of different vectors.
        k: how many are wanted.
    """
    vectors = Vectors(events.corpus, events.metric, k)
    for query in events:
        yield vectors.among(vectors.query(query), coarse(query))


def check_counts(**counts: int) -> None:
    """Refuse parameters that are no whole numbers from 1 on.

    Raises:
        ValueError: with the name of the first that is not.
    """
    for name, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} = {value}; expected a whole number, 1 or above")


def nearest_of_many(corpus: np.ndarray, queries: np.ndarray, metric: str, k: int) -> np.ndarray:
    """The k nearest rows of all queries at once, nearest first: int32[q, k].

    Products of panels of both find k + 10 by |x|^2 - 2 <q, x>, whose rounding their exact distances
    put right.

    Args:
        corpus: float32[n, d]. queries: float32[q, d].
        metric: l2 or ip.
        k: at most n.
    """
    library, (n, d), many = kernel("vector_search"), corpus.shape, len(queries)
    products = metric == "ip"
    kept = k if products else min(n, k + 10)
    bias = np.zeros(n, np.float32) if products else np.einsum("ij,ij->i", corpus, corpus)
    values, ids = np.empty((many, kept), np.float32), np.empty((many, kept), np.int32)
    found = np.empty(many, np.int64)
    room = np.empty(many * library.vs_room(kept), np.uint64)
    work = np.empty(library.vs_many_work(d, many), np.float32)
    factor = -1.0 if products else -2.0
    library.vs_many(corpus, n, d, bias, queries, many, factor, kept, room, work, values, ids, found)
    if products:
        return ids
    vectors = Vectors(corpus, metric, k)
    return np.stack([vectors.among(*pair).copy() for pair in zip(queries, ids, strict=True)])
