"""Surrogate steps in the outputs: one dear gradient, then many cheap steps on a bound from it.

For a batch S with outputs z and their gradients G, theta moves by m steps of gradient descent,
each by Armijo's rule, on

    q(theta) = mean_S [G_i . (z_i(theta) - z_i) + |z_i(theta) - z_i|^2 / (2 eta)].

With all data and eta <= 1 / L, where L is the smoothness of one component's loss in its outputs,
q bounds the objective from above, so that it falls at every step whatever m. A step costs
b (c_expensive + c_model) calls and the inner steps about 2 to 8 passes of the batch each. With
m = 1 and a fixed inner rate this is SGD; with all data and the exact minimiser of q it is the
method of the fixed Hessian bound.

Departs from the paper: the weight of the quadratic term is 1 / (2 eta) in the mean over the batch,
in units of eta = 1 / L (the published program has another factor, half as long); l2, which is
cheap, stands in q as it is.
"""

from dataclasses import dataclass
from itertools import count
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization._driver import batches
from bench_optimization.expensive_gradient._gradients import size
from bench_optimization.expensive_gradient._surrogate import Armijo, Surrogate
from harness.api import Solver

_SCHEDULES = ("constant", "stochastic", "exponential")
_INNER = ("armijo", "fixed", "exact")


@dataclass(frozen=True)
class SSO(Solver):
    """Target-based surrogate optimisation."""

    problem = "expensive_gradient"
    papers = ("target-based-surrogates-stochastic-optimization",)
    role = "paper"
    space: ClassVar = {
        "eta": ("log", 0.1, 10.0),
        "m": ("log integer", 1, 100),
        "batch": ("choice", 0, 25, 125, 625),
        "schedule": ("choice", "constant", "stochastic", "exponential"),
    }

    eta: float = 1.0  # of 1 / L in the outputs: the largest that is a bound
    m: int = 10  # inner steps; published are 1, 5, 10 and 100
    batch: int = 625  # components, the largest published; 0 for all
    schedule: str = "constant"  # or stochastic, 1 / sqrt(t), or exponential, (1 / T)^(t / T)
    inner: str = "armijo"  # or fixed, or exact for the minimiser of q
    inner_rate: float = 1.0  # of inner=fixed

    def __post_init__(self):
        above_zero({"eta": self.eta, "inner_rate": self.inner_rate})
        check_whole({"m": self.m}, least=1)
        check_whole({"batch": self.batch}, least=0)
        for name, known in (("schedule", _SCHEDULES), ("inner", _INNER)):
            if (value := getattr(self, name)) not in known:
                raise ValueError(f"{name} = {value!r}; expected one of {', '.join(known)}")

    def solve(self, oracle, rng):
        theta = oracle.start
        yield theta
        scale, horizon = self.eta / oracle.target_smoothness, self.outer_steps(oracle)
        search = Armijo()
        for t, indices in zip(count(1), batches(oracle.n, self.batch, rng), strict=False):
            z = oracle.targets(theta, indices)
            slopes = oracle.target_gradient(z, indices)
            q = Surrogate(oracle, z, slopes, scale * self.factor(t, horizon), indices)
            if self.inner == "exact":
                theta = q.minimiser(theta)
            elif self.inner == "fixed":
                theta = q.descend_by(theta, self.m, self.inner_rate)
            else:
                theta = q.descend(theta, self.m, search)
            yield theta

    def factor(self, t: int, horizon: int) -> float:
        """What the schedule makes of eta in step t, from 1 to about the horizon."""
        if self.schedule == "stochastic":
            return float(1 / np.sqrt(t))
        if self.schedule == "exponential":
            return float(horizon ** -(t / horizon))
        return 1.0

    def outer_steps(self, oracle) -> int:
        """About how many the calls pay for, were each inner step two passes."""
        passes = 2 if self.inner == "exact" else 1 + 2 * self.m
        each = oracle.c_expensive + passes * oracle.c_model
        return max(1, oracle.calls // (size(oracle.n, self.batch) * each))
