"""L-BFGS-B of scipy, without bounds.

One call runs until it converges or the calls are spent, and what it had then is yielded: a budget
of seconds is not heard meanwhile.
"""

import contextlib
from dataclasses import dataclass

from harness.api import BudgetSpent, Solver


@dataclass(frozen=True)
class PeerLBFGSB(Solver):
    """scipy.optimize.minimize(method="L-BFGS-B")."""

    problem = "expensive_gradient"
    role = "peer"

    def solve(self, oracle, rng):
        from scipy.optimize import minimize

        seen = [oracle.start]
        yield seen[0]
        options = {"maxiter": 10**6, "maxfun": 10**6, "ftol": 0.0, "gtol": 0.0}
        with contextlib.suppress(BudgetSpent):
            minimize(
                oracle.value_and_gradient,
                seen[0],
                jac=True,
                method="L-BFGS-B",
                options=options,
                callback=lambda theta: seen.append(theta.copy()),
            )
        yield seen[-1]
