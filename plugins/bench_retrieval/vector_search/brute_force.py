"""Brute force in C: the distance of each query to every vector, in one pass over them.

A pass reads 4 n d bytes, and takes as long as memory needs for that: the 16 interleaved sums of a
distance and a test of 64 distances at once against the k-th best so far hide behind it. Under l2 it
adds up squared differences, (q - x)^2, which lose no digits where vectors are close. Time O(n d) a
query, memory O(k) beyond the corpus, and a copy of it under cosine.

Departs from the textbook: the k best stay in a reservoir of 2 k, not in a heap.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.vector_search._index import Vectors
from harness.api import Solver


@dataclass(frozen=True)
class BruteForce(Solver):
    """Exact, by a C kernel."""

    problem = "vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, events, rng):
        vectors = Vectors(events.corpus, events.metric, events.k)
        for query in events:
            yield vectors.nearest(vectors.query(query))
