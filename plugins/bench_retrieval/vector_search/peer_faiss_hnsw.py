"""IndexHNSWFlat of faiss: a graph of near neighbours in layers, walked greedily.

`breadth` (efSearch) candidates are kept on the walk, `breadth_of_build` (efConstruction) where a
vector is linked to its `links` neighbours (Malkov and Yashunin 2018).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.vector_search._faiss import run
from bench_retrieval.vector_search._index import check_counts
from harness.api import Solver


@dataclass(frozen=True)
class PeerFaissHNSW(Solver):
    """faiss.IndexHNSWFlat."""

    problem = "vector_search"
    role = "peer"
    requires = ("faiss-cpu",)
    growth: ClassVar = {"memory": {"n": 1}}
    space: ClassVar = {
        "links": ("log integer", 4, 64),
        "breadth_of_build": ("log integer", 16, 400),
        "breadth": ("log integer", 10, 1000),
    }

    links: int = 16
    breadth_of_build: int = 40  # faiss's own default
    breadth: int = 64

    def __post_init__(self):
        check_counts(links=self.links, breadth=self.breadth, breadth_of_build=self.breadth_of_build)
        if self.links < 2:
            raise ValueError(f"links = {self.links}; expected 2 or above")

    def solve(self, events, rng):
        import faiss

        def make(d, metric, n):
            index = faiss.IndexHNSWFlat(d, self.links, metric)
            index.hnsw.efConstruction = self.breadth_of_build
            index.hnsw.efSearch = max(self.breadth, events.k)
            return index

        yield from run(events, make)
