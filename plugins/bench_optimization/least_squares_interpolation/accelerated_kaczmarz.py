"""Accelerated randomised Kaczmarz (Liu and Wright 2016), on rows brought to length 1.

With m rows, lambda the least eigenvalue of A'A that is not 0, and gamma_{-1} = 0:

    gamma_k is the larger root of gamma^2 - gamma/m = (1 - gamma lambda/m) gamma_{k-1}^2,
    alpha = (m - gamma_k lambda) / (gamma_k (m^2 - lambda)),    beta = 1 - gamma_k lambda / m,
    y = alpha v + (1 - alpha) x,    p = (a_i.y - b_i) a_i,  i uniform,
    x <- y - p,    v <- beta v + (1 - beta) y - gamma_k p,

at the rate 1 - sqrt(lambda) / m where all targets can be met.

A step costs one call and O(d), the memory is O(d + n).
"""

from dataclasses import dataclass

import numpy as np

from bench_optimization.least_squares_interpolation import _steps
from harness.api import Solver


@dataclass(frozen=True)
class AcceleratedKaczmarz(Solver):
    """Random projections with two coupled sequences."""

    problem = "least_squares_interpolation"
    role = "baseline"

    def solve(self, oracle, rng):
        drawn = _steps.batches(rng, oracle.n, 1)
        rates = 1 / oracle.row_smoothness
        # One row is its own optimum, and alpha would be 0/0.
        m, lowest = oracle.n, min(oracle.row_convexity, oracle.n * (1 - 1e-12))
        gamma = 0.0
        x = v = oracle.start
        while True:
            yield x
            for _ in range(_steps.every(oracle, 1)):
                half = (1 / m - gamma * gamma * lowest / m) / 2
                gamma = half + np.sqrt(half * half + gamma * gamma)
                alpha = (m - gamma * lowest) / (gamma * (m * m - lowest))
                beta = 1 - gamma * lowest / m
                y = alpha * v + (1 - alpha) * x
                index = next(drawn)
                move = rates[index[0]] * oracle.stochastic_gradient(y, index)
                x = y - move
                v = beta * v + (1 - beta) * y - gamma * move
