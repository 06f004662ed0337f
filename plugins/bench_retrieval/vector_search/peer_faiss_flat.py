"""IndexFlat of faiss: brute force in C++ with SIMD."""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.vector_search._faiss import run
from harness.api import Solver


@dataclass(frozen=True)
class PeerFaissFlat(Solver):
    """faiss.IndexFlat."""

    problem = "vector_search"
    role = "peer"
    requires = ("faiss-cpu",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, events, rng):
        import faiss

        yield from run(events, lambda d, metric, n: faiss.IndexFlat(d, metric))
