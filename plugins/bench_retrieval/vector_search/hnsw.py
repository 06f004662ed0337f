"""HNSW: a graph of near neighbours in layers, walked greedily from the top to the bottom.

A vector is in layer l and below with probability links^-l. A query goes to the nearest vector that
links lead to in each layer, and in the bottom one keeps the `breadth` nearest that it has seen,
until the links of all of them were followed. A new vector is searched for in this way with
`breadth_of_build`, and linked with at most `links` of those found, nearest first, leaving out
whatever is nearer to one that was taken than to itself; links go both ways, and of a vector with
more than `links` of them (twice as many in the bottom layer) the same rule drops some. Building
takes about O(n log n (breadth_of_build + links^2) d), a query O((log n + breadth) links d); memory
is about (8 links + 30) n bytes beyond the corpus.

Departs from Malkov and Yashunin (2018): after the build, vectors that no path leads to get one
link more, and a query also looks where all vectors can be reached from, so that with breadth = n
it finds what brute force finds. Vectors are added one by one, by one thread.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.vector_search._index import check_counts, unit_rows
from harness.api import Solver, kernel

_ROWS_AT_ONCE = 64  # added between two looks at signals


@dataclass(frozen=True)
class HNSW(Solver):
    """A navigable graph, by a C kernel."""

    problem = "vector_search"
    role = "baseline"
    growth: ClassVar = {"memory": {"n": 1}}
    space: ClassVar = {
        "links": ("log integer", 4, 64),
        "breadth_of_build": ("log integer", 16, 400),
        "breadth": ("log integer", 10, 1000),
    }

    links: int = 16  # M
    breadth_of_build: int = 64  # efConstruction
    breadth: int = 64  # efSearch; k where k is more

    def __post_init__(self):
        check_counts(links=self.links, breadth=self.breadth, breadth_of_build=self.breadth_of_build)
        if not 2 <= self.links <= 1000:
            raise ValueError(f"links = {self.links}; expected a whole number 2..1000")

    def solve(self, events, rng):
        cosine = events.metric == "cosine"
        rows = unit_rows(events.corpus) if cosine else events.corpus
        n, k = len(rows), events.k
        breadth = min(n, max(self.breadth, k))
        graph = Graph(rows, int(events.metric != "l2"), self.links, rng)
        graph.build(min(n, self.breadth_of_build))
        for query in events:
            yield graph.nearest(unit_rows(query[None])[0] if cosine else query, breadth, k)


class Graph:
    """The graph of rows, and what searches in it write to.

    Args:
        rows: float32[n, d].
        metric: 0 for squared distances, 1 for inner products.
        links: M.
        rng: draws the layers.

    Attributes:
        levels: int32[n], the top layer of each row.
        ground: int32[n, 2 links + 2], how many links it has in the bottom layer, and which.
        upper: int32[sum of levels, links + 1], the same of the layers above, row after row.
    """

    def __init__(self, rows: np.ndarray, metric: int, links: int, rng: np.random.Generator) -> None:
        n, d = rows.shape
        self.links = links
        self.levels = (-np.log(1 - rng.random(n)) / np.log(links)).astype(np.int32)
        ends = np.cumsum(self.levels, dtype=np.int64)
        self._above = (ends - self.levels) * (links + 1)
        self.ground = np.zeros((n, 2 * links + 2), np.int32)
        self.upper = np.zeros((int(ends[-1]), links + 1), np.int32)
        self._state, self._tags = np.array([-1, 0, 0]), np.zeros(n, np.uint32)
        self._rows = rows, n, d, metric, links
        self._graph = self._above, self.ground, self.upper, self._state, self._tags
        self._library = kernel("hnsw")
        self._room = self._values = self._ids = np.empty(0)

    def build(self, breadth: int) -> int:
        """Add all rows; returns how many needed the link that makes them reachable."""
        n = len(self.levels)
        room = np.empty(self._library.hn_room(self.links, breadth), np.uint64)
        for first in range(0, n, _ROWS_AT_ONCE):
            last = min(n, first + _ROWS_AT_ONCE)
            self._library.hn_add(*self._rows, self.levels, *self._graph, breadth, room, first, last)
        work = np.empty(2 * n, np.int32)
        return self._library.hn_connect(*self._rows, *self._graph, breadth, room, work)

    def nearest(self, query: np.ndarray, breadth: int, k: int) -> np.ndarray:
        """The nearest rows that are found, nearest first: int32, k at most.

        Args:
            query: float32[d].
            breadth: at least k.
        """
        if len(self._room) != self._library.hn_room(self.links, breadth) or len(self._ids) != k:
            self._room = np.empty(self._library.hn_room(self.links, breadth), np.uint64)
            self._values, self._ids = np.empty(k, np.float32), np.empty(k, np.int32)
        places = self._room, self._values, self._ids
        found = self._library.hn_search(*self._rows, *self._graph, query, breadth, k, *places)
        return self._ids[:found]
