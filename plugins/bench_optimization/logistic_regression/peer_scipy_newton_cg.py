"""Newton-CG of scipy: Newton's direction by conjugate gradients, as far as it is worth.

An evaluation of f with its gradient is counted as a pass, and so is each product with the Hessian.
It runs in a thread that waits while an answer is out (`_thread.py`).
"""

from dataclasses import dataclass

from bench_optimization.logistic_regression._thread import answers
from harness.api import Solver


@dataclass(frozen=True)
class ScipyNewtonCG(Solver):
    """scipy.optimize.minimize(method="Newton-CG")."""

    problem = "logistic_regression"
    role = "peer"
    requires = ("scipy",)

    def solve(self, oracle, rng):
        from scipy.optimize import minimize

        start = oracle.start
        yield start
        yield from answers(
            lambda show: minimize(
                oracle.value_and_gradient,
                start,
                jac=True,
                hessp=oracle.hessian_vector,
                method="Newton-CG",
                callback=show,
                options={"xtol": 0.0, "maxiter": 10**6},
            )
        )
