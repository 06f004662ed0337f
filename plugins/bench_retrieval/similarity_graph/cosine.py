"""The cosine of the angle between two vectors, or of their deviations from their own means.

The latter, `centre`, is Pearson's correlation of the entries. A vector of zeros has the cosine 0.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.similarity_graph._graph import neighbours
from harness.api import Solver


@dataclass(frozen=True)
class Cosine(Solver):
    """Cosine similarity, or correlation."""

    problem = "similarity_graph"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 2, "dim": 1}}

    centre: bool = False  # take its mean off each vector

    def solve(self, data, rng):
        points = data.points
        if self.centre:
            points = points - points.mean(axis=1, keepdims=True)
        lengths = np.linalg.norm(points, axis=1, keepdims=True)
        points = points / np.where(lengths > 0, lengths, 1)
        yield from neighbours(points, data.k, lambda x, y: x @ y.T)
