"""Accelerated SGD by Nesterov's estimating sequences, under strong growth of the gradients.

Under E|g(x)|^2 <= rho |grad f(x)|^2 and eta = 1/(rho L), with alpha in (0, 1) such that

    alpha^2 = q gamma',    gamma' = (1 - alpha) gamma + alpha mu,

a step is

    y = (alpha gamma v + gamma' w) / (gamma + alpha mu),    w <- y - eta g(y),
    v <- ((1 - alpha) gamma v + alpha mu y - alpha d) / gamma',    gamma <- gamma'.

The modes differ in q and d:

- safe: q = eta/rho, d = g(y): the rate 1 - sqrt(mu/L)/rho, proven.
- full_v: q = eta, d = grad f(y), a full gradient: the rate 1 - sqrt(mu/(rho L)), proven; this is
  the square root of rho that the paper announces.
- catalogue: q = eta, d = g(y), the paper's statement at its word with one sample a step. Nothing is
  proven: the minimum of the estimating function loses alpha^2 E|d|^2 / (2 gamma') a step, up to rho
  times what the step of w earns. It diverges where single samples are far from the gradient, and is
  the fastest of the three where batches are so large that rho is a few units.

gamma starts at mu, so that all is constant, or at L where mu is not used. mu is the least
eigenvalue on the row space, which the points never leave.

A step costs B calls (and n more in full_v) and O(B d), the memory is O(d).

Departs from the paper: the default is the mode that a theorem covers with sampled gradients alone.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization.least_squares_interpolation import _steps
from harness.api import Solver

_MODES = ("safe", "full_v", "catalogue")


@dataclass(frozen=True)
class AcceleratedSGD(Solver):
    """Stochastic acceleration under interpolation."""

    problem = "least_squares_interpolation"
    role = "paper"
    papers = ("faster-convergence-stochastic-accelerated-gradient",)
    space: ClassVar = {"batch": ("log integer", 1, 1024), "scale": ("log", 0.01, 1.0)}

    mode: str = "safe"  # safe, full_v or catalogue
    batch: int = 1  # components of a step; 0 for all
    scale: float = 1.0  # of the strong-growth constant rho_B that the oracle knows
    strongly_convex: bool = True  # whether mu is used

    def __post_init__(self):
        if self.mode not in _MODES:
            raise ValueError(f"mode = {self.mode!r}; expected one of {', '.join(_MODES)}")
        _steps.check(self.batch)
        above_zero({"scale": self.scale})

    def solve(self, oracle, rng):
        gradient = _steps.gradients(oracle, rng, self.batch)
        rho = max(1.0, self.scale * _steps.growth(oracle, self.batch))
        eta = 1 / (rho * oracle.smoothness)
        q = eta / rho if self.mode == "safe" else eta
        mu = oracle.strong_convexity if self.strongly_convex else 0.0
        gamma = mu or oracle.smoothness
        every = 1 if self.mode == "full_v" else _steps.every(oracle, self.batch)
        w = v = oracle.start
        while True:
            yield w
            for _ in range(every):
                alpha, after = coefficients(q, gamma, mu)
                y = (alpha * gamma * v + after * w) / (gamma + alpha * mu)
                slope = gradient(y)
                w = y - eta * slope
                if self.mode == "full_v":
                    slope = oracle.gradient(y)
                v = ((1 - alpha) * gamma * v + alpha * mu * y - alpha * slope) / after
                gamma = after


def coefficients(q, gamma, mu):
    """alpha and the next gamma: the root in (0, 1) of alpha^2 + q (gamma - mu) alpha - q gamma."""
    half = q * (gamma - mu) / 2
    alpha = q * gamma / (half + (half * half + q * gamma) ** 0.5)
    return alpha, (1 - alpha) * gamma + alpha * mu
