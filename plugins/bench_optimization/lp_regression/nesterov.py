"""Nesterov momentum: v <- m v + grad f(w), w <- w - eta (grad f(w) + m v).

A step costs O(n d), the memory is O(d) more.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._driver import train
from bench_optimization._rules.nesterov import Nesterov
from harness.api import Solver


@dataclass(frozen=True)
class NesterovMomentum(Solver):
    """Gradient descent with momentum, looking ahead."""

    problem = "lp_regression"
    role = "baseline"
    space: ClassVar = {"scale": ("log", 0.001, 10.0), "momentum": ("choice", 0.5, 0.9, 0.99)}

    scale: float = 0.1  # the step, in units of 1 / (the largest curvature at the start)
    momentum: float = 0.9  # share of the last move that is made again

    def __post_init__(self):
        above_zero({"scale": self.scale})
        Nesterov(self.momentum)

    def solve(self, oracle, rng):
        rate = self.scale / oracle.curvature
        yield from train(oracle, rng, Nesterov(self.momentum), learning_rate=rate, batch=0)
