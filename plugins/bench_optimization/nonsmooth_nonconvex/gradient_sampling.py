"""Gradient sampling: step against the shortest convex combination of gradients near by.

At x, full gradients are taken at x and at dim + 1 points drawn from the ball of radius r around it.
Of their convex hull the shortest vector g gives the direction -g; Armijo halves the step t, from
1 on, until f(x - t g) <= f(x) - 1e-4 t |g|^2. Where |g| is below the target v, or no step is found,
the ball and the target shrink: r <- r / 2, v <- v / 2, down to a ball of `last` (Burke, Lewis and
Overton, A robust gradient sampling algorithm for nonsmooth, nonconvex optimization).

An iteration takes dim + 2 full gradients and O(dim^3); it does not use that the objective is a
mean.

Departs from the paper: it does not test whether f is differentiable at x, which it is almost
surely; at the smallest ball it goes on with new samples until the calls are spent.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization.nonsmooth_nonconvex._goldstein import ball, shortest
from harness.api import Solver

_ARMIJO = 1e-4
_HALVINGS = 30


@dataclass(frozen=True)
class GradientSampling(Solver):
    """The method of Burke, Lewis and Overton."""

    problem = "nonsmooth_nonconvex"
    role = "baseline"
    space: ClassVar = {"radius": ("log", 0.1, 10.0), "target": ("log", 1e-4, 1.0)}

    radius: float = 1.0  # of the first ball, in units of the problem's delta
    last: float = 0.1  # of the smallest ball, in the same units
    target: float = 0.1  # of the first |g|, in units of the gradient at the start

    def __post_init__(self):
        above_zero({"radius": self.radius, "last": self.last, "target": self.target})

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        value = oracle.value(x)
        radius, target = self.radius * oracle.delta, None
        while True:
            nearby = x + radius * ball(rng, len(x) + 1, len(x))
            gradients = []
            for point in (x, *nearby):
                gradients.append(oracle.gradient(point))
                yield x
            if target is None:
                target = self.target * float(np.linalg.norm(gradients[0]))
            direction = shortest(np.array(gradients))
            square = float(direction @ direction)
            moved = False
            if math.sqrt(square) > target:
                step = 1.0
                for _ in range(_HALVINGS):
                    there = x - step * direction
                    found = oracle.value(there)
                    if found <= value - _ARMIJO * step * square:
                        x, value, moved = there, found, True
                        break
                    step /= 2
                yield x
            if not moved:
                radius = max(radius / 2, self.last * oracle.delta)
                target /= 2
