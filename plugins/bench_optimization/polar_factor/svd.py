"""The polar factor by its definition: U V^T of a singular value decomposition.

LAPACK's divide and conquer, in the matrix's own precision. Directions whose singular value is below
max(rows, cols) eps times the largest are left out. About 20 n^3 operations of an n x n matrix, most
of which are not products of matrices, hence the slowest of the exact ways.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._rules.muon import exact_polar
from harness.api import Solver


@dataclass(frozen=True)
class SVD(Solver):
    """U V^T."""

    problem = "polar_factor"
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}

    def solve(self, data, rng):
        found = np.empty_like(data.matrix)
        exact_polar(data.matrix, found)
        yield found
