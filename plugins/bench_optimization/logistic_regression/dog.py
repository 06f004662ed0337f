"""DoG: the step is the distance from the start over the gradients seen so far.

x <- x - rbar / sqrt(sum of |g|^2) g, with rbar the largest distance of a point from the start yet,
at first r_eps (1 + |x0|). Nothing is tuned: too short a step makes rbar double. What is shown is a
mean of the points in which the weight falls with age as a power. A step costs the batch.

As in Ivgi, Hinder and Carmon, "DoG is SGD's best friend: a parameter-free dynamic step size
schedule", 2023.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.logistic_regression._averaged import DecayingMean
from bench_optimization.logistic_regression._batches import pause
from bench_optimization.logistic_regression._free import gradients
from harness.api import Solver


@dataclass(frozen=True)
class DoG(Solver):
    """Distance over gradients."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {"batch": ("log integer", 1, 256)}

    batch: int = 16  # components of a step; 0 is all of them
    r_eps: float = 1e-6  # first distance, as a share of 1 + |x0|
    average: bool = True  # whether the mean of the points is shown, or the last one

    def __post_init__(self):
        above_zero({"r_eps": self.r_eps})
        check_whole({"batch": self.batch or 1}, 1)

    def solve(self, oracle, rng):
        start, every = oracle.start, pause(self.batch or oracle.n)
        x, mean = start.copy(), DecayingMean(start)
        reach, total = self.r_eps * (1 + float(np.linalg.norm(start))), 0.0
        yield x
        for step, gradient in enumerate(gradients(oracle, self.batch, rng), 1):
            g = gradient(x)
            total += float(g @ g)
            if total == 0:
                return
            x -= reach / math.sqrt(total) * g
            away = x - start
            reach = max(reach, math.sqrt(away @ away))
            mean.add(x)
            if step % every == 0:
                yield mean.value if self.average else x
