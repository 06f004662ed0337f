"""Linear programming (HiGHS, by scipy): some theta with z . theta >= 1 for every sample.

Exact, and the only one that would also prove that there is none. Passes over the samples have no
meaning for it: it pays for all that the case allows, and competes in time only.
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class ScipyLinprog(Solver):
    """scipy.optimize.linprog(method="highs")."""

    problem = "linear_separation"
    role = "peer"
    requires = ("scipy",)

    def solve(self, oracle, rng):
        from scipy.optimize import linprog

        yield oracle.start
        z = oracle.samples(oracle.calls // oracle.n)
        found = linprog(
            np.zeros(oracle.dim),
            A_ub=-z,
            b_ub=-np.ones(oracle.n),
            bounds=(None, None),
            method="highs",
        )
        if found.x is not None:
            yield found.x
