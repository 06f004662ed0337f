"""BFGS of scipy, a quasi-Newton method with a d x d matrix.

One call runs to the end, so that only its start and its last point are seen.
"""

from dataclasses import dataclass

from bench_optimization.lp_regression._peer import minimised
from harness.api import Solver


@dataclass(frozen=True)
class PeerBFGS(Solver):
    """scipy.optimize.minimize(method="BFGS")."""

    problem = "lp_regression"
    role = "peer"
    requires = ("scipy",)

    def solve(self, oracle, rng):
        yield from minimised(oracle, "BFGS", gtol=0.0)
