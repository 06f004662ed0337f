"""IndexIVFFlat of faiss: k-means cells, exact distances within the probed ones.

The number of cells and of probes are those of ivf_flat.py.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.vector_search._faiss import run
from bench_retrieval.vector_search._index import check_counts
from harness.api import Solver


@dataclass(frozen=True)
class PeerFaissIVF(Solver):
    """faiss.IndexIVFFlat."""

    problem = "vector_search"
    role = "peer"
    requires = ("faiss-cpu",)
    growth: ClassVar = {"memory": {"n": 1}}
    space: ClassVar = {
        "cells_per_root": ("log", 0.25, 8.0),
        "probes": ("log integer", 1, 256),
    }

    cells_per_root: float = 2.0  # times sqrt(n)
    probes: int = 10

    def __post_init__(self):
        check_counts(probes=self.probes)
        if not 0 < self.cells_per_root < 1e6:
            raise ValueError(f"cells_per_root = {self.cells_per_root}; expected a number above 0")

    def solve(self, events, rng):
        import faiss

        def make(d, metric, n):
            cells = max(1, min(n, int(self.cells_per_root * n**0.5)))
            index = faiss.IndexIVFFlat(faiss.IndexFlat(d, metric), d, cells, metric)
            index.cp.min_points_per_centroid = 1  # no warning on stderr
            index.cp.seed = int(rng.integers(2**31))
            index.nprobe = self.probes
            return index

        yield from run(events, make)
