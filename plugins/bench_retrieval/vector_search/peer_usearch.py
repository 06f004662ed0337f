"""usearch: HNSW in C++ with its own SIMD, one thread.

Its metrics are l2sq, ip and cos; they compute cosines themselves. Other names for `links`,
`breadth_of_build` and `breadth` are connectivity, expansion_add and expansion_search.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.vector_search._index import check_counts
from harness.api import Solver


@dataclass(frozen=True)
class PeerUSearch(Solver):
    """usearch.index.Index."""

    problem = "vector_search"
    role = "peer"
    requires = ("usearch",)
    growth: ClassVar = {"memory": {"n": 1}}
    space: ClassVar = {
        "links": ("log integer", 4, 64),
        "breadth_of_build": ("log integer", 16, 400),
        "breadth": ("log integer", 10, 1000),
    }

    links: int = 16
    breadth_of_build: int = 64
    breadth: int = 64

    def __post_init__(self):
        check_counts(links=self.links, breadth=self.breadth, breadth_of_build=self.breadth_of_build)
        if self.links < 2:
            raise ValueError(f"links = {self.links}; expected 2 or above")

    def solve(self, events, rng):
        import numpy as np
        from usearch import index as usearch

        metric = {"l2": "l2sq", "ip": "ip", "cosine": "cos"}[events.metric]
        n, d = events.corpus.shape
        index = usearch.Index(
            ndim=d,
            metric=metric,
            dtype="f32",
            connectivity=self.links,
            expansion_add=self.breadth_of_build,
            expansion_search=max(self.breadth, events.k),
        )
        index.add(np.arange(n), np.array(events.corpus), threads=1)
        for query in events:
            found = index.search(query, events.k, threads=1).keys.astype(np.int64)
            yield found
