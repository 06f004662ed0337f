"""AdaDelta (Zeiler 2012): steps in the unit of the weights, by fading means of squares.

    s <- r s + (1 - r) g^2,    d = sqrt(t + e) / sqrt(s + e) g,    t <- r t + (1 - r) d^2,
    w <- w - rate d.

It starts with steps of about sqrt(e), and needs long to make them longer.

A step costs O(n d), the memory is 2 O(d) more.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from harness.api import Solver


@dataclass(frozen=True)
class AdaDelta(Solver):
    """Steps by the ratio of past moves to past gradients."""

    problem = "lp_regression"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 0.1, 100.0), "decay": ("choice", 0.9, 0.95, 0.99)}

    learning_rate: float = 1.0  # 1 is the method as published
    decay: float = 0.95  # share of the means that is kept in a step; the paper's
    eps: float = 1e-6  # squared weight units; the paper's

    def __post_init__(self):
        above_zero({"learning_rate": self.learning_rate, "eps": self.eps})
        if not 0 <= self.decay < 1:
            raise ValueError(f"decay = {self.decay}; expected a number from 0 to below 1")

    def solve(self, oracle, rng):
        w = oracle.start
        slopes, moves = np.zeros_like(w), np.zeros_like(w)
        while True:
            yield w
            slope = oracle.gradient(w)
            slopes = self.decay * slopes + (1 - self.decay) * slope * slope
            move = np.sqrt((moves + self.eps) / (slopes + self.eps)) * slope
            moves = self.decay * moves + (1 - self.decay) * move * move
            w = w - self.learning_rate * move
