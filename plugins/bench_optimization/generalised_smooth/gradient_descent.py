"""Gradient descent, with a constant step or with Armijo's.

    x <- x - t g.

The constant step is 1 / L by default, with the curvature L measured at the start by four gradients:
safe, as here curvature falls with the gradient, and so too short later on. With armijo=True each
step begins with twice the last one and is halved until f(x - t g) <= f(x) - t |g|^2 / 10^4, at the
price of a value for each trial.

A step takes one full gradient (and the values) and O(dim).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.generalised_smooth._steps import check, scale_of
from harness.api import Solver

_ENOUGH = 1e-4
_HALVINGS = 60


@dataclass(frozen=True)
class GradientDescent(Solver):
    """Steps along the negative gradient."""

    problem = "generalised_smooth"
    role = "baseline"
    space: ClassVar = {"factor": ("log", 0.1, 100.0)}

    learning_rate: float = 0.0  # 0: by `factor`
    factor: float = 1.0  # the step in units of 1 / L at the start
    armijo: bool = False

    def __post_init__(self):
        check({"factor": self.factor}, {"learning_rate": self.learning_rate})

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        rate = self.learning_rate or self.factor / scale_of(oracle).curvature
        if self.armijo:
            yield from _armijo(oracle, x, rate)
            return
        while True:
            x -= rate * oracle.gradient(x)
            yield x


def _armijo(oracle, x, rate):
    value = oracle.value(x)
    while True:
        gradient = oracle.gradient(x)
        square = float(gradient @ gradient)
        rate *= 2
        for _ in range(_HALVINGS):
            there = x - rate * gradient
            found = oracle.value(there)
            if found <= value - _ENOUGH * rate * square:
                break
            rate /= 2
        else:  # no step helps but for rounding
            return
        x, value = there, found
        yield x
