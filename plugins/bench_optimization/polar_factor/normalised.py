"""The floor: the matrix itself, scaled to the norm that its polar factor has.

sqrt(s) G / ||G||_F with s the shorter side. What normalised gradient descent takes in the place of
the polar factor: singular values keep their ratios.
"""

from dataclasses import dataclass

import numpy as np

from bench_optimization.polar_factor._sides import norm
from harness.api import Solver


@dataclass(frozen=True)
class Normalised(Solver):
    """No orthogonalisation at all."""

    problem = "polar_factor"

    def solve(self, data, rng):
        matrix = data.matrix
        yield np.sqrt(min(matrix.shape)) / (norm(matrix) or 1.0) * matrix
