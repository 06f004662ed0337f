"""scipy's L-BFGS-B: a quasi-Newton method with a line search, on full values and gradients.

Each evaluation takes a value and a gradient, 2 n calls. It runs to its end, or until the calls are
spent; the best point that it evaluated is the answer.
"""

import contextlib
from dataclasses import dataclass

from harness.api import BudgetSpent, Solver


@dataclass(frozen=True)
class ScipyLBFGSB(Solver):
    """scipy.optimize.minimize with method="L-BFGS-B"."""

    problem = "generalised_smooth"
    role = "peer"
    requires = ("scipy",)

    memory: int = 10  # pairs that are kept; scipy's default

    def __post_init__(self):
        if self.memory < 1:
            raise ValueError(f"memory = {self.memory}; expected at least 1 pair")

    def solve(self, oracle, rng):
        from scipy.optimize import minimize

        best, least = oracle.start.copy(), float("inf")
        yield best

        def both(x):
            nonlocal best, least
            found = oracle.value(x), oracle.gradient(x)
            if found[0] < least:
                best, least = x.copy(), found[0]
            return found

        # No tolerance but rounding: the calls are what ends it.
        options = {"maxcor": self.memory, "ftol": 0.0, "gtol": 0.0, "maxiter": 10**9}
        options["maxfun"] = 10**9
        with contextlib.suppress(BudgetSpent):
            minimize(both, best, jac=True, method="L-BFGS-B", options=options)
        yield best
