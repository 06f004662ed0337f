"""Product quantisation: a byte for each piece of a vector, distances by looking them up.

Dimensions are cut into `bytes` pieces, and k-means gives 256 centres for each. A vector is the
numbers of its pieces' centres; the distances of the query's pieces to all centres are a table, and
the distance to a vector is a sum of one entry a piece (asymmetric: the query keeps its digits).
Time O(256 d + n bytes + candidates d) a query, memory n bytes.

Departs from Jegou, Douze and Schmid (2011): the best `candidates` are ranked by exact distances.
"""

import itertools
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.vector_search._index import Room, check_counts, two_stages, unit_rows
from bench_retrieval.vector_search._kmeans import kmeans, nearest_centres
from harness.api import Solver, kernel


@dataclass(frozen=True)
class ProductQuantisation(Solver):
    """Asymmetric distances to 8-bit product codes, and exact ones of the best."""

    problem = "vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {
        "bytes_per_code": ("log integer", 2, 64),
        "candidates": ("log integer", 10, 5000),
    }

    bytes_per_code: int = 16
    candidates: int = 100
    rounds: int = 8  # of k-means

    def __post_init__(self):
        check_counts(
            bytes_per_code=self.bytes_per_code, candidates=self.candidates, rounds=self.rounds
        )

    def solve(self, events, rng):
        corpus, metric = events.corpus, events.metric
        n, d = corpus.shape
        rows = unit_rows(corpus) if metric == "cosine" else corpus
        places = min(self.bytes_per_code, d)
        ends = np.arange(places + 1) * d // places
        widest = int(np.diff(ends).max())
        # Which entries of a query make each piece; the shorter ones end in a 0 at place d.
        pieces = ends[:-1, None] + np.arange(widest)
        pieces[pieces >= ends[1:, None]] = d
        codes = np.empty((n, places), np.uint8)
        centres = np.zeros((places, 256, widest), np.float32)
        for place, (begin, end) in enumerate(itertools.pairwise(ends)):
            part = np.ascontiguousarray(rows[:, begin:end])
            found = kmeans(part, 256, self.rounds, rng)
            codes[:, place] = nearest_centres(part, found)[0]
            centres[place, : len(found), : end - begin] = found
        halves = (centres**2).sum(axis=2) / 2 if metric == "l2" else 0
        room = Room(min(n, max(events.k, self.candidates)))
        sums = kernel("vector_search").vs_table_sums

        def coarse(query):
            parts = np.append(query, np.float32(0))[pieces]
            tables = halves - (centres @ parts[:, :, None])[:, :, 0]
            found = sums(codes, n, places, tables, *room.places)
            return room.ids[:found]

        yield from two_stages(events, coarse, events.k)
