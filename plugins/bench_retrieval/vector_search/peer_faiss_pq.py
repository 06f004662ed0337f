"""IndexPQ of faiss, asymmetric distances to product codes, and exact ones of the best.

A place has 8 bits, or fewer where there are fewer than 256 vectors; the number of places is the
largest divisor of the dimension up to `bytes_per_code`.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.vector_search._faiss import run
from bench_retrieval.vector_search._index import check_counts
from harness.api import Solver


@dataclass(frozen=True)
class PeerFaissPQ(Solver):
    """faiss.IndexRefineFlat of faiss.IndexPQ."""

    problem = "vector_search"
    role = "peer"
    requires = ("faiss-cpu",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {
        "bytes_per_code": ("log integer", 2, 64),
        "candidates": ("log integer", 10, 5000),
    }

    bytes_per_code: int = 16
    candidates: int = 100

    def __post_init__(self):
        check_counts(bytes_per_code=self.bytes_per_code, candidates=self.candidates)

    def solve(self, events, rng):
        import faiss

        def make(d, metric, n):
            places = max(m for m in range(1, min(self.bytes_per_code, d) + 1) if d % m == 0)
            bits = min(8, max(1, n.bit_length() - 1))
            codes = faiss.IndexPQ(d, places, bits, metric)
            codes.pq.cp.min_points_per_centroid = 1  # no warning on stderr
            codes.pq.cp.seed = int(rng.integers(2**31))
            index = faiss.IndexRefineFlat(codes)
            index.k_factor = max(1.0, min(n, self.candidates) / events.k)
            return index

        if len(events.corpus) == 1:  # no code can be trained on one vector
            yield from run(events, lambda d, metric, n: faiss.IndexFlat(d, metric))
        else:
            yield from run(events, make)
