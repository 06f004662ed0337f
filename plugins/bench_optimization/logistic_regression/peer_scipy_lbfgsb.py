"""L-BFGS-B of scipy, each evaluation of f with its gradient counted as a pass.

How its answers come about, `_replayed.py` tells.
"""

from dataclasses import dataclass

from bench_optimization.logistic_regression._replayed import answers
from harness.api import Solver


@dataclass(frozen=True)
class ScipyLBFGSB(Solver):
    """scipy.optimize.minimize(method="L-BFGS-B")."""

    problem = "logistic_regression"
    role = "peer"
    requires = ("scipy",)

    def solve(self, oracle, rng):
        from scipy.optimize import minimize

        def minimise(limit, once):
            return minimize(
                once(oracle.value_and_gradient),
                oracle.start,
                jac=True,
                method="L-BFGS-B",
                options={"maxiter": limit, "maxfun": 10**6, "ftol": 0.0, "gtol": 0.0},
            )

        yield from answers(minimise, oracle)
