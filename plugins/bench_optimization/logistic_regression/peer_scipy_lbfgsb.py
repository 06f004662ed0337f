"""L-BFGS-B of scipy, each evaluation of f with its gradient counted as a pass.

It runs in a thread that waits while an answer is out (`_thread.py`).
"""

from dataclasses import dataclass

from bench_optimization.logistic_regression._thread import answers
from harness.api import Solver


@dataclass(frozen=True)
class ScipyLBFGSB(Solver):
    """scipy.optimize.minimize(method="L-BFGS-B")."""

    problem = "logistic_regression"
    role = "peer"
    requires = ("scipy",)

    def solve(self, oracle, rng):
        from scipy.optimize import minimize

        start = oracle.start
        yield start
        options = {"maxiter": 10**6, "maxfun": 10**6, "ftol": 0.0, "gtol": 0.0}
        yield from answers(
            lambda show: minimize(
                oracle.value_and_gradient,
                start,
                jac=True,
                method="L-BFGS-B",
                callback=show,
                options=options,
            )
        )
