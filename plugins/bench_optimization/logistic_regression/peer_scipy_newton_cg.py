"""Newton-CG of scipy: Newton's direction by conjugate gradients, as far as it is worth.

An evaluation of f with its gradient is counted as a pass, and so is each product with the Hessian.
How its answers come about, `_replayed.py` tells.
"""

from dataclasses import dataclass

from bench_optimization.logistic_regression._replayed import answers
from harness.api import Solver


@dataclass(frozen=True)
class ScipyNewtonCG(Solver):
    """scipy.optimize.minimize(method="Newton-CG")."""

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
                hessp=once(oracle.hessian_vector),
                method="Newton-CG",
                options={"maxiter": limit, "xtol": 0.0},
            )

        yield from answers(minimise, oracle)
