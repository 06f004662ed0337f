"""Iterative quantisation: signs along principal axes, turned so that signs lose least.

Z = the vectors along their `bits` axes of largest variance; R the rotation that brings Z R nearest
to its own signs, found by turns with the signs themselves. Codes are compared by Hamming distance.
Training takes O(rounds bits^2 (20,000 + bits)), a query O(bits d + n bits / 64 + candidates d).

Departs from Gong and Lazebnik (2011): where there are more bits than dimensions, Z is filled up
with zeros; the best `candidates` are ranked by exact distances.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.vector_search._binary import HammingCodes, principal_axes, rotation
from bench_retrieval.vector_search._index import centred_rows, check_counts, two_stages, unit_rows
from harness.api import Solver


@dataclass(frozen=True)
class ITQ(Solver):
    """Learned rotation, popcounts, and exact distances of the best."""

    problem = "vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {
        "bits": ("log integer", 16, 256),
        "candidates": ("log integer", 10, 5000),
    }

    bits: int = 128
    candidates: int = 200
    rounds: int = 30

    def __post_init__(self):
        check_counts(bits=self.bits, candidates=self.candidates, rounds=self.rounds)

    def solve(self, events, rng):
        metric = events.metric
        rows, mean = centred_rows(events.corpus, metric)
        axes = principal_axes(rows, self.bits, rng)
        turn = axes @ rotation(rows @ axes, self.rounds, rng)
        n = len(rows)
        codes = HammingCodes(rows @ turn > 0, min(n, max(events.k, self.candidates)))

        def coarse(query):
            query = unit_rows(query[None])[0] if metric == "cosine" else query
            return codes.nearest((query - mean) @ turn > 0)

        yield from two_stages(events, coarse, events.k)
