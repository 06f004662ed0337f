"""bm25s with its numba back end, the fastest that it has for queries; its index is that of scipy.

Compiled before the clock starts (`_bm25s_numba.py` says how, and why in each process anew).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval import _bm25s
from harness.api import Solver


@dataclass(frozen=True)
class PeerBm25sNumba(Solver):
    """bm25s.BM25(backend="numba")."""

    problem = "bm25_search"
    papers = ("bm25s",)
    role = "peer"
    requires = ("bm25s", "numba")
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, events, rng):
        import bench_retrieval._bm25s_numba  # noqa: F401

        yield from _bm25s.run(events, "numba")
