"""MaSS: Nesterov's method with a term that makes up for the noise (Liu and Belkin 2020).

    u = (alpha v + w) / (1 + alpha),    w <- u - eta g(u),
    v <- (1 - alpha) v + alpha u - eta / (alpha kappa~_B) g(u),    alpha = 1/sqrt(kappa_B kappa~_B),

with kappa_B = L_B / mu, eta = 1 / L_B, kappa~_B = kappa~ / B + 1 - 1/B, and here
L_B = L_1 / B + (1 - 1/B) L, where L_1 is the second-moment smoothness, at most the largest |a_i|^2,
and kappa~ the statistical condition. The rate is 1 - alpha where all targets can be met.

A step costs B calls and O(B d), the memory is O(d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization.least_squares_interpolation import _steps
from harness.api import Solver


@dataclass(frozen=True)
class MaSS(Solver):
    """Momentum-added stochastic solver."""

    problem = "least_squares_interpolation"
    role = "baseline"
    space: ClassVar = {"batch": ("log integer", 1, 256), "scale": ("log", 0.1, 1.0)}

    batch: int = 1  # components of a step
    scale: float = 1.0  # the step, in units of 1/L_B

    def __post_init__(self):
        _steps.check(self.batch)
        above_zero({"batch": self.batch, "scale": self.scale})

    def solve(self, oracle, rng):
        gradient = _steps.gradients(oracle, rng, self.batch)
        rest = 1 - 1 / self.batch
        smooth = oracle.second_moment_smoothness / self.batch + rest * oracle.smoothness
        statistical = oracle.statistical_condition / self.batch + rest
        rate = self.scale / smooth
        alpha = (oracle.strong_convexity * rate / statistical) ** 0.5
        long = rate / (alpha * statistical)
        w = v = oracle.start
        while True:
            yield w
            for _ in range(_steps.every(oracle, self.batch)):
                u = (alpha * v + w) / (1 + alpha)
                slope = gradient(u)
                w = u - rate * slope
                v = (1 - alpha) * v + alpha * u - long * slope
