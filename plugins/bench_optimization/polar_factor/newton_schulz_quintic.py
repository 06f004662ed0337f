"""Muon's Newton-Schulz (Jordan and others): five steps of one quintic, roughly the polar factor.

The coefficients (3.4445, -4.775, 2.0315) multiply small singular values by 3.4 a step and send
those near 1 to and fro: after five steps those that were at least 0.002 of the Frobenius norm lie
within [0.68, 1.21], and more steps bring them no nearer to 1. Directions below 0.0015 stay short.
20 s^2 l + 10 s^3 operations, s and l being the shorter and the longer side, all in products of
matrices; in the matrix's own precision, where libraries take bfloat16.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._rules.newton_schulz import QUINTIC, iteration
from harness.api import Solver


@dataclass(frozen=True)
class NewtonSchulzQuintic(Solver):
    """A fixed number of steps of a fixed polynomial."""

    problem = "polar_factor"
    papers = ("muon-scalable-llm-training",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}
    space: ClassVar = {"steps": ("integer", 1, 12)}

    steps: int = 5  # Muon's
    a: float = QUINTIC[0]
    b: float = QUINTIC[1]
    c: float = QUINTIC[2]

    def __post_init__(self) -> None:
        if self.steps < 0 or self.steps != int(self.steps):
            raise ValueError(f"steps = {self.steps}; expected a number of steps, 0 or more")
        if not np.isfinite([self.a, self.b, self.c]).all():
            raise ValueError(f"coefficients {self.a}, {self.b}, {self.c}; expected finite ones")

    def solve(self, data, rng):
        found = np.empty_like(data.matrix)
        coefficients = [(self.a, self.b, self.c)] * self.steps
        iteration(found.shape, found.dtype, coefficients)(data.matrix, found)
        yield found
