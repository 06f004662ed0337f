"""A-DoG: Nesterov's acceleration with the step of DoG.

w is the slow sequence, y the fast one, and gradients are taken between them, at x:

    G += alpha^2 |g|^2;  eta = rbar / (sqrt G + eps);  w -= alpha eta g;  y = x - eta g
    rbar = max(rbar, |w - x0|);  R += rbar;  alpha = max(1, R / (2 rbar));  x = (1 - 1/alpha) y +
    w/alpha

alpha grows like half of the number of steps once rbar has settled. One gradient a step; y is shown.
It is the heuristic companion of U-DoG: simpler and often faster, but unproved, and it keeps no
watch over noise.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.logistic_regression._batches import pause
from bench_optimization.logistic_regression._free import gradients
from harness.api import Solver

_EPS = 1e-8  # keeps the first step finite


@dataclass(frozen=True)
class ADoG(Solver):
    """Accelerated distance over gradients."""

    problem = "logistic_regression"
    papers = ("accelerated-parameter-free-stochastic-optimization",)
    role = "paper"
    space: ClassVar = {"batch": ("log integer", 1, 1024)}

    batch: int = 16  # components of a step; 0 is all: needs some hundred steps, as r_eps is tiny
    r_eps: float = 1e-6  # first distance, as a share of 1 + |x0|

    def __post_init__(self):
        above_zero({"r_eps": self.r_eps})
        check_whole({"batch": self.batch or 1}, 1)

    def solve(self, oracle, rng):
        start, every = oracle.start, pause(self.batch or oracle.n)
        x, w = start.copy(), start.copy()
        reach = self.r_eps * (1 + float(np.linalg.norm(start)))
        reached, total, alpha = 0.0, 0.0, 1.0
        yield x
        for step, gradient in enumerate(gradients(oracle, self.batch, rng), 1):
            g = gradient(x)
            total += alpha * alpha * float(g @ g)
            eta = reach / (math.sqrt(total) + _EPS)
            w -= alpha * eta * g
            y = x - eta * g
            away = w - start
            reach = max(reach, math.sqrt(away @ away))
            reached += reach
            alpha = max(1.0, reached / (2 * reach))
            x = (1 - 1 / alpha) * y + w / alpha
            if step % every == 0:
                yield y
