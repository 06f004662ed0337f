"""SVRG: stochastic gradients, each corrected by what it says at a snapshot (Johnson, Zhang 2013).

    theta+ = theta - t (grad f_S(theta) - grad f_S(w) + grad f(w))

The snapshot w moves to theta after every n / b steps, which cost about three full gradients in all.
The step is step / L_b, with the smoothness of batches of b,
L_b = (n (b - 1) L + (n - b) L_max) / (b (n - 1)) (Gower et al. 2019).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.expensive_gradient._gradients import batch_smoothness
from harness.api import Solver


@dataclass(frozen=True)
class SVRG(Solver):
    """Variance-reduced stochastic gradients."""

    problem = "expensive_gradient"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.05, 20.0), "batch": ("choice", 25, 125, 625)}

    step: float = 0.5  # of 1 / L_b
    batch: int = 25  # components of a step

    def __post_init__(self):
        above_zero({"step": self.step})
        check_whole({"batch": self.batch}, least=1)

    def solve(self, oracle, rng):
        n, batch = oracle.n, min(self.batch, oracle.n)
        rate = self.step / batch_smoothness(oracle, batch)
        theta = oracle.start
        yield theta
        while True:
            snapshot, whole = theta, oracle.gradient(theta)
            order = np.resize(rng.permutation(n), -(-n // batch) * batch)
            for some in order.reshape(-1, batch):
                here = oracle.stochastic_gradient(theta, some)
                there = oracle.stochastic_gradient(snapshot, some)
                theta = theta - rate * (here - there + whole)
                yield theta
