"""AI-SARAH: SARAH that finds the length of each step by a Newton step on the next estimate.

With v the estimate at w and B the batch, xi(a) = |f_B'(w - a v) - f_B'(w) + v|^2 is the squared
length of the next estimate after a step of length a. One Newton step from a = 0 gives

    a~ = v.Hv / | |Hv|^2 + T |,    H = f_B''(w), T = f_B'''(w)[v, v, v],

and the step is a = min(a~, cap). The cap is 1/delta, where delta is the first 1/a~ of the run and
then moves towards each 1/a~ by the share 1 - beta: a running mean of local smoothness, kept through
all stages. A stage begins with a full gradient and ends when |v|^2 has fallen to `gamma` of its
square. No step size, and no constant of the problem, is given.

A component in a step costs three gradients here: two, and the Hessian's product with v, which gives
T for nothing. The authors count one, whatever it costs. Memory O(d).

Departs from the paper: starts at 0. A step whose a~ is 0 or not finite (v = 0, or saturated losses)
is left out. Batches that are no smaller than n make the method deterministic.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.logistic_regression._batches import batches, pause
from harness.api import Solver


@dataclass(frozen=True)
class AISARAH(Solver):
    """Adaptive and implicit steps."""

    problem = "logistic_regression"
    papers = ("ai-sarah",)
    role = "paper"
    space: ClassVar = {
        "batch": ("log integer", 8, 256),
        "gamma": ("log", 0.01, 0.5),
        "beta": ("choice", 0.99, 0.999),
    }

    batch: int = 64  # components of a step, the authors'
    gamma: float = 1 / 32  # share of |v|^2 at which a stage ends; 1/8 to 1/64 will do
    beta: float = 0.999  # smoothing of 1/a~

    def __post_init__(self):
        above_zero({"gamma": self.gamma})
        check_whole({"batch": self.batch}, 1)
        if not 0 <= self.beta < 1 or self.gamma >= 1:
            raise ValueError(
                f"gamma = {self.gamma}, beta = {self.beta}; expected gamma below 1 and beta from 0 "
                "to below 1"
            )

    def solve(self, oracle, rng):
        drawn, every = batches(oracle.n, self.batch, rng), pause(self.batch)
        x, delta, step = oracle.start, 0.0, 0
        yield x
        while True:
            v = oracle.gradient(x)
            square = target = float(v @ v)
            if square == 0:
                return
            while square >= self.gamma * target:
                indices = next(drawn)
                before = oracle.stochastic_gradient(x, indices)
                along, third = oracle.curvature(x, v, indices)
                length = _newton(float(v @ along), float(along @ along) + third)
                if length is None:
                    break
                taken = min(length, 1 / delta) if delta else length
                delta = self.beta * delta + (1 - self.beta) / length if delta else 1 / length
                x -= taken * v
                v += oracle.stochastic_gradient(x, indices)
                v -= before
                square = float(v @ v)
                step += 1
                if step % every == 0:
                    yield x


def _newton(slope, curvature):
    """The Newton step, or None where it leads nowhere."""
    if slope <= 0 or curvature == 0 or not math.isfinite(curvature):
        return None
    length = slope / abs(curvature)
    return length if math.isfinite(length) and length > 0 else None
