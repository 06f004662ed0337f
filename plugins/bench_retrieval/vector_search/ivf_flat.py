"""Inverted file: cut the corpus into cells around centres, and look into the nearest cells only.

k-means gives `cells` centres; vectors lie cell by cell, so that a cell is one stretch of memory. A
query is compared with all centres, then with the vectors of the `probes` nearest cells: time
O((cells + n probes / cells) d), least at cells ~ sqrt(n probes). Building takes O(n cells d).
Under ip and cosine the cells of largest inner product are looked into.

Departs from Jegou, Douze and Schmid (2011): vectors are kept as they are, without codes.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.vector_search._index import Vectors, check_counts, unit_rows
from bench_retrieval.vector_search._kmeans import kmeans, nearest_centres
from harness.api import Solver


@dataclass(frozen=True)
class IVFFlat(Solver):
    """k-means cells, exact distances within the probed ones."""

    problem = "vector_search"
    role = "baseline"
    growth: ClassVar = {"memory": {"n": 1}}
    space: ClassVar = {
        "cells_per_root": ("log", 0.25, 8.0),
        "probes": ("log integer", 1, 256),
    }

    cells_per_root: float = 2.0  # times sqrt(n)
    probes: int = 10
    rounds: int = 8  # of k-means

    def __post_init__(self):
        check_counts(probes=self.probes, rounds=self.rounds)
        if not 0 < self.cells_per_root < 1e6:
            raise ValueError(f"cells_per_root = {self.cells_per_root}; expected a number above 0")

    def solve(self, events, rng):
        metric, n = events.metric, len(events.corpus)
        rows = unit_rows(events.corpus) if metric == "cosine" else events.corpus
        flat = "l2" if metric == "l2" else "ip"
        cells = max(1, min(n, int(self.cells_per_root * n**0.5)))
        centres = kmeans(rows, cells, self.rounds, rng)
        numbers, _ = nearest_centres(rows, centres)
        order = np.argsort(numbers, kind="stable")
        ends = np.cumsum(np.bincount(numbers, minlength=cells))
        bounds = np.stack([np.append(0, ends[:-1]), ends], axis=1)
        coarse = Vectors(centres, flat, min(self.probes, cells))
        vectors = Vectors(np.ascontiguousarray(rows[order]), flat, events.k)
        for query in events:
            query = unit_rows(query[None])[0] if metric == "cosine" else query
            probed = bounds[coarse.nearest(query)]
            yield order[vectors.nearest(query, probed.reshape(-1))]
