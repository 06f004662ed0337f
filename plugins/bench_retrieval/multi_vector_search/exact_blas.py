"""Exact, as it is mostly written: a product of matrices, then the maxima of its columns.

The products, t |Q| floats, go to memory and come back, in blocks that a cache holds.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bench_retrieval._rankings import best
from harness.api import Solver

_TOKENS = 1 << 12  # in a block, about


@dataclass(frozen=True)
class ExactBlas(Solver):
    """All documents compared, by numpy."""

    problem = "multi_vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    def solve(self, data, rng):
        tokens, offsets, k = data.tokens, data.offsets, data.k
        blocks = _blocks(offsets)
        for query in data:
            similarity = np.empty(len(offsets) - 1)
            for first, last in blocks:
                low, high = offsets[first], offsets[last]
                products = tokens[low:high] @ query.T
                most = np.maximum.reduceat(products, offsets[first:last] - low, axis=0)
                similarity[first:last] = most.sum(axis=1, dtype=np.float64)
            yield best(similarity, k)


def _blocks(offsets):
    """(first, last) document of each block."""
    edges = np.searchsorted(offsets, np.arange(0, offsets[-1], _TOKENS))
    edges = np.unique(np.append(edges, len(offsets) - 1)).tolist()
    return list(pairwise(edges))
