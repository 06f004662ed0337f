"""Gradient descent on a product of N factors that stands for the weights.

Replacing w by w_1 a_2 ... a_N, a vector times scalars, changes nothing that can be expressed, but
gradient descent on the factors moves the product otherwise. From a balanced start, |w_1| = a_j, and
to first order in the step,

    w <- (1 - eta l N) w - eta |w|^(2-2/N) (G + (N - 1) (w.G / |w|^2) w),    G = grad f(w),

with a decay l of the factors: steps that grow with |w|, and N times as long along the way travelled
so far. It is no gradient of any regularised loss for N > 2; N = 1 is gradient descent. w = 0 is a
fixed point, and small starts are slow to leave.

`end_to_end` makes the update above, `explicit` descends on the factors themselves.

A step costs O(n d).

Departs from the paper: the start is the board's, scaled into balanced factors.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from harness.api import Solver

_FORMS = ("end_to_end", "explicit")


@dataclass(frozen=True)
class Overparameterised(Solver):
    """Implicit acceleration by depth."""

    problem = "lp_regression"
    role = "paper"
    papers = ("optimization-deep-networks-implicit-acceleration",)
    space: ClassVar = {"scale": ("log", 0.003, 30.0), "depth": ("choice", 2, 3, 4, 8)}

    depth: int = 2  # factors; 1 is gradient descent
    # The step, in units of 1 / (the largest curvature at the start). On squares two factors make it
    # up to 2 |w| times as long, so that this is stable up to |w| of about 30.
    scale: float = 0.03
    decay: float = 0.0  # of the factors
    form: str = "end_to_end"  # or explicit

    def __post_init__(self):
        above_zero({"depth": self.depth, "scale": self.scale})
        if self.depth != int(self.depth):
            raise ValueError(f"depth = {self.depth}; expected a whole number of factors")
        if not 0 <= self.decay < np.inf:
            raise ValueError(f"decay = {self.decay}; expected a finite number, 0 or above")
        if self.form not in _FORMS:
            raise ValueError(f"form = {self.form!r}; expected one of {', '.join(_FORMS)}")

    def solve(self, oracle, rng):
        rate = self.scale / oracle.curvature
        run = end_to_end if self.form == "end_to_end" else explicit
        yield from run(oracle, rate, self.depth, self.decay)


def end_to_end(oracle, rate, depth, decay):
    """The equivalent update of the weights."""
    w = oracle.start
    while True:
        yield w
        w = step(w, oracle.gradient(w), rate, depth, decay)


def step(w, slope, rate, depth, decay=0.0):
    """One end-to-end update."""
    square = w @ w
    if square == 0:  # where the factor |w|^(2-2/N) is 0, or 1 without any depth
        return w if depth > 1 else w - rate * slope
    along = slope + (depth - 1) * (w @ slope / square) * w
    return (1 - rate * decay * depth) * w - rate * square ** (1 - 1 / depth) * along


def explicit(oracle, rate, depth, decay):
    """Gradient descent on a vector and depth - 1 scalars, balanced at the start."""
    w = oracle.start
    length = np.linalg.norm(w)
    if length == 0:
        yield w
        return
    vector = w * length ** (1 / depth - 1)
    scalars = np.full(depth - 1, length ** (1 / depth))
    while True:
        product = scalars.prod()
        w = vector * product
        yield w
        slope = oracle.gradient(w)
        along = vector @ slope
        others = [np.delete(scalars, number).prod() for number in range(depth - 1)]
        vector = vector - rate * (product * slope + decay * vector)
        scalars = scalars - rate * (along * np.array(others) + decay * scalars)
