"""Trigonometric: points of a moment curve on which k zeros can be put anywhere.

Document j lies at t_j = 2 pi j / n on the curve (cos t, sin t, ..., cos k t, sin k t) / sqrt(k).
For a set a_1 .. a_k the polynomial -prod (1 - cos(t - a_i)) is 0 on the set and below 0 elsewhere,
and but for a constant it is the product of the curve with a vector: the query. So 2 k entries do
for any number of documents. The margin falls as n^(-2k): in double it is lost to rounding beyond
some thousand documents for k = 2, in single precision beyond about 50.

O(n k) for the documents and O(k^2) for a query. Where there are fewer than 2 k entries the highest
frequencies are cut off, and few sets are right.

Not in the paper, whose largest n are those that gradient descent finds.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.free_embedding.problem import sets_of
from harness.api import Solver


@dataclass(frozen=True)
class Trigonometric(Solver):
    """A moment curve, and a polynomial for each set."""

    problem = "free_embedding"
    role = "baseline"
    growth: ClassVar = {"time": {"sets": 1}, "memory": {"sets": 1}}

    def solve(self, data, rng):
        n, dim, k = data.n, data.dim, data.k
        places = 2 * np.pi * np.arange(n) / n
        harmonics = np.arange(1, k + 1)
        angles = places[:, None] * harmonics
        curve = np.stack([np.cos(angles), np.sin(angles)], axis=2).reshape(n, 2 * k)
        phases = np.exp(1j * places)[sets_of(n, k)]
        terms = np.ones((len(phases), 1), complex)  # coefficients of exp(i h t), h = -j .. j
        for phase in phases.T:
            wider = np.pad(terms, ((0, 0), (1, 1)))
            wider[:, :-2] -= terms * phase[:, None] / 2
            wider[:, 2:] -= terms * phase.conj()[:, None] / 2
            terms = wider
        above = -terms[:, k + 1 :]
        queries = np.stack([above.real, -above.imag], axis=2).reshape(len(phases), 2 * k)
        yield [_of_width(curve, dim), _of_width(queries, dim)]


def _of_width(vectors, dim):
    """Cut off, or with zeros; none may be zero altogether."""
    vectors = vectors[:, :dim]
    vectors = np.pad(vectors, ((0, 0), (0, dim - vectors.shape[1])))
    vectors[~vectors.any(axis=1), 0] = 1
    return vectors
