"""SVRG: sampled gradients whose noise vanishes at a snapshot (Johnson and Zhang 2013).

Each epoch takes the full gradient at a snapshot s, then makes 2n steps

    x <- x - eta (g_i(x) - g_i(s) + grad f(s)),

whose mean is the gradient at x, and whose variance goes to 0 with x - s. It converges with noisy
targets too. The next snapshot is the last point.

An epoch costs 5n calls and O(n d), the memory is O(d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization.least_squares_interpolation import _steps
from harness.api import Solver


@dataclass(frozen=True)
class SVRG(Solver):
    """Stochastic variance-reduced gradient."""

    problem = "least_squares_interpolation"
    role = "baseline"
    space: ClassVar = {"scale": ("log", 0.01, 1.0)}

    scale: float = 0.1  # the step, in units of 1/L_max; 0.1 is the example of its theorem
    inner: float = 2.0  # passes between snapshots; 2 is the authors' for convex losses

    def __post_init__(self):
        above_zero({"scale": self.scale, "inner": self.inner})

    def solve(self, oracle, rng):
        drawn = _steps.batches(rng, oracle.n, 1)
        rate = self.scale / oracle.component_smoothness
        every = _steps.every(oracle, 1)
        x = oracle.start
        yield x
        while True:
            snapshot, mean = x, oracle.gradient(x)
            for step in range(1, 1 + max(1, round(self.inner * oracle.n))):
                index = next(drawn)
                here = oracle.stochastic_gradient(x, index)
                x = x - rate * (here - oracle.stochastic_gradient(snapshot, index) + mean)
                if step % every == 0:
                    yield x
