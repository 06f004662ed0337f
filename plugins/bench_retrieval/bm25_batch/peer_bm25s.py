"""bm25s with its numpy back end, a batch of queries in one call."""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval import _bm25s
from harness.api import Solver


@dataclass(frozen=True)
class PeerBm25s(Solver):
    """bm25s.BM25(backend="numpy")."""

    problem = "bm25_batch"
    papers = ("bm25s",)
    role = "peer"
    requires = ("bm25s",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, events, rng):
        yield from _bm25s.run_batches(events, "numpy")
