"""Heavy ball (Polyak 1964): x_{k+1} = x_k - eta g(x_k) + m (x_k - x_{k-1}).

A step is felt for 1/(1 - m) steps in all, so that eta = (1 - m) / L_B is as bold as SGD at 1/L_B.

A step costs B calls and O(B d), the memory is O(d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization.least_squares_interpolation import _steps
from harness.api import Solver


@dataclass(frozen=True)
class HeavyBall(Solver):
    """SGD with momentum."""

    problem = "least_squares_interpolation"
    role = "baseline"
    space: ClassVar = {
        "batch": ("log integer", 1, 256),
        "scale": ("log", 0.1, 10.0),
        "momentum": ("choice", 0.5, 0.9, 0.99),
    }

    batch: int = 1  # components of a step; 0 for all
    scale: float = 1.0  # the step, in units of (1 - momentum) / L_B
    momentum: float = 0.9  # share of the last move that is made again

    def __post_init__(self):
        _steps.check(self.batch)
        above_zero({"scale": self.scale})
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum = {self.momentum}; expected a number from 0 to below 1")

    def solve(self, oracle, rng):
        gradient = _steps.gradients(oracle, rng, self.batch)
        rate = self.scale * (1 - self.momentum) / _steps.smoothness(oracle, self.batch)
        x = before = oracle.start
        while True:
            yield x
            for _ in range(_steps.every(oracle, self.batch)):
                x, before = x - rate * gradient(x) + self.momentum * (x - before), x
