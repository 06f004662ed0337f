"""Stochastic descent-ascent: steps of mini-batches that get shorter, and their average.

    z+ = J(z - t_k F_S(z)),    t_k = step / (L sqrt(k + 1))

The answer is the mean of the points, weighted by their steps, whose gap falls as 1 / sqrt(k) for
monotone F on bounded sets (Nemirovski et al. 2009); the points themselves may cycle. L is the
average Lipschitz constant. A step costs as many calls as the batch has components.
"""

import math
from dataclasses import dataclass
from itertools import count
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.monotone_inclusion._sampling import draws
from harness.api import Solver


@dataclass(frozen=True)
class StochasticGDA(Solver):
    """Robust stochastic approximation."""

    problem = "monotone_inclusion"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 100.0), "batch": ("log integer", 1, 100)}

    step: float = 1.0  # of 1 / L, at first
    batch: int = 10  # components of a step

    def __post_init__(self):
        above_zero({"step": self.step})
        check_whole({"batch": self.batch}, least=1)

    def solve(self, oracle, rng):
        n, batch = oracle.n, min(self.batch, oracle.n)
        scale = self.step / oracle.average_lipschitz
        z = mean = oracle.start
        yield mean
        total = 0.0
        for k, some in zip(count(), draws(rng, n, batch), strict=False):
            rate = scale / math.sqrt(k + 1)
            z = oracle.resolvent(z - rate * oracle.components(z, some))
            total += rate
            mean = mean + (rate / total) * (z - mean)
            yield mean
