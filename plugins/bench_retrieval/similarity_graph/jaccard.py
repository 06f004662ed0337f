"""Jaccard's index for real vectors: the sum of s min(|x|, |y|) over that of max(|x|, |y|).

s is the product of the signs, so that it lies in [-1, 1] and is 1 for equal vectors only; unlike
the cosine it sees lengths: x and 2 x have 1/2. For any vectors it is 1 less the sum of |x - y| over
that of the maxima, which is how it is computed: two city-block distances, O(d) a pair.

`weight` is the paper's alpha, which weighs agreement of signs against disagreement; 1/2 is the
plain index, and any other leads out of [-1, 1], to [-2 (1 - alpha), 2 alpha]. 1 less the plain
index is known to keep the triangle inequality without signs; with them, no search found a triple
that breaks it. Two vectors of zeros have 1.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.similarity_graph._graph import neighbours, share, sums
from harness.api import Solver


@dataclass(frozen=True)
class Jaccard(Solver):
    """Real-valued Jaccard index."""

    problem = "similarity_graph"
    role = "paper"
    papers = ("further-generalizations-jaccard-index",)
    growth: ClassVar = {"time": {"n": 2, "dim": 1}}
    space: ClassVar = {"weight": ("linear", 0.0, 1.0)}

    weight: float = 0.5  # of entries with one sign, 0 to 1

    def __post_init__(self):
        if not 0 <= self.weight <= 1:
            raise ValueError(f"weight is {self.weight}, expected 0 to 1")

    def solve(self, data, rng):
        weight = self.weight

        def similarity(x, y):
            signed, most = sums(x, y)
            if weight == 0.5:
                return share(signed, most)
            unsigned, _ = sums(np.abs(x), np.abs(y))
            one_sign, two_signs = unsigned + signed, unsigned - signed  # twice the minima
            return share(weight * one_sign - (1 - weight) * two_signs, most)

        yield from neighbours(data.points, data.k, similarity)
