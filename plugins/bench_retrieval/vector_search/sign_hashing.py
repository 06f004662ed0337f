"""Sign hashing: a bit for each of some random hyperplanes, Hamming distances in place of angles.

Two vectors at the angle t lie on different sides of a random hyperplane with probability t / pi
(Charikar 2002), so that the share of bits that differ estimates their angle. Vectors are centred
first. Time O(bits d + n bits / 64 + candidates d) a query, memory n bits.

Departs from Charikar's search: all codes are scanned instead of hashed into tables, and the best
`candidates` are ranked by exact distances.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.vector_search._binary import HammingCodes
from bench_retrieval.vector_search._index import centred_rows, check_counts, two_stages, unit_rows
from harness.api import Solver


@dataclass(frozen=True)
class SignHashing(Solver):
    """Random hyperplanes, popcounts, and exact distances of the best."""

    problem = "vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {
        "bits": ("log integer", 32, 1024),
        "candidates": ("log integer", 10, 5000),
    }

    bits: int = 256
    candidates: int = 200

    def __post_init__(self):
        check_counts(bits=self.bits, candidates=self.candidates)

    def solve(self, events, rng):
        metric = events.metric
        rows, mean = centred_rows(events.corpus, metric)
        n, d = rows.shape
        planes = rng.standard_normal((d, self.bits), dtype=np.float32)
        codes = HammingCodes(rows @ planes > 0, min(n, max(events.k, self.candidates)))

        def coarse(query):
            query = unit_rows(query[None])[0] if metric == "cosine" else query
            return codes.nearest((query - mean) @ planes > 0)

        yield from two_stages(events, coarse, events.k)
