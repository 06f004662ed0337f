"""L-BFGS-B of scipy, on full gradients.

One call runs to the end, so that only its start and its last point are seen. An evaluation costs n
calls.
"""

import contextlib
from dataclasses import dataclass

from harness.api import BudgetSpent, Solver


@dataclass(frozen=True)
class PeerLBFGS(Solver):
    """scipy.optimize.minimize(method="L-BFGS-B")."""

    problem = "least_squares_interpolation"
    role = "peer"
    requires = ("scipy",)

    memory: int = 10  # pairs that are kept; scipy's default

    def __post_init__(self):
        if self.memory < 1:
            raise ValueError(f"memory = {self.memory}; expected at least 1")

    def solve(self, oracle, rng):
        from scipy.optimize import minimize

        reached = [oracle.start]
        yield reached[0]
        options = {"maxcor": self.memory, "ftol": 0.0, "gtol": 0.0, "maxiter": oracle.calls}
        with contextlib.suppress(BudgetSpent):
            minimize(
                oracle.value_and_gradient,
                oracle.start,
                jac=True,
                method="L-BFGS-B",
                callback=lambda x: reached.append(x.copy()),
                options=options,
            )
        yield reached[-1]
