"""U-DoG: an accelerated method without step size, smoothness or distance: UniXGrad's with DoG's
step.

rbar is the largest distance of x or y from the start yet (at first r_eps (1 + |x0|)), R the sum of
all rbar so far, alpha = R/rbar. With m the gradient at the mean of the points that weighs y as the
next one, and g that at the mean with the new x:

    x = y - alpha rbar / sqrt(M + Q) m,    M = max of alpha^2 |m|^2
    y = y - alpha rbar / sqrt(M + Q) g,    Q = sum of alpha^2 |g - m|^2

The mean of the x, weighted by R, is shown. Two gradients a step, from two batches: with one batch
g - m would hide the noise. Six vector operations, five vectors.

Departs from the paper: the constants in the root are a reconstruction. M stands where UniXGrad has
a constant, so that the first move is r_eps long and the method is free of the scale of f. With
`damped` the square in the root is multiplied by (1 + log(1 + t))^2, in place of the paper's
stabilisation: it bounds the drift under noise, but starts very slowly.
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


@dataclass(frozen=True)
class UDoG(Solver):
    """Universal distance over gradients."""

    problem = "logistic_regression"
    papers = ("accelerated-parameter-free-stochastic-optimization",)
    role = "paper"
    space: ClassVar = {"batch": ("log integer", 1, 1024)}

    batch: int = (
        16  # components of each gradient; 0 is all: needs some hundred steps, as r_eps is tiny
    )
    r_eps: float = 1e-6  # first distance, as a share of 1 + |x0|
    damped: bool = False

    def __post_init__(self):
        above_zero({"r_eps": self.r_eps})
        check_whole({"batch": self.batch or 1}, 1)

    def solve(self, oracle, rng):
        start, every = oracle.start, pause(self.batch or oracle.n)
        x, y, weighed = start.copy(), start.copy(), np.zeros(len(start))
        reach = self.r_eps * (1 + float(np.linalg.norm(start)))
        reached = weights = largest = spread = 0.0
        drawn = gradients(oracle, self.batch, rng)
        yield x
        for step, (first, second) in enumerate(zip(drawn, drawn, strict=False), 1):
            reach = max(reach, _distance(x, start), _distance(y, start))
            reached += reach
            alpha = reached / reach
            weights += reached
            m = first((reached * y + weighed) / weights)
            largest = max(largest, alpha * alpha * float(m @ m))
            damping = 1 + math.log(step) if self.damped else 1.0
            if largest + spread == 0:
                return
            x = y - reached / (damping * math.sqrt(largest + spread)) * m
            weighed += reached * x
            shown = weighed / weights
            g = second(shown)
            spread += alpha * alpha * float((g - m) @ (g - m))
            y = y - reached / (damping * math.sqrt(largest + spread)) * g
            if step % every == 0:
                yield shown


def _distance(x, y):
    away = x - y
    return math.sqrt(away @ away)
