"""L-BFGS-B of scipy, a quasi-Newton method with a few pairs of vectors.

One call runs to the end, so that only its start and its last point are seen.
"""

from dataclasses import dataclass

from bench_optimization.lp_regression._peer import minimised
from harness.api import Solver


@dataclass(frozen=True)
class PeerLBFGS(Solver):
    """scipy.optimize.minimize(method="L-BFGS-B")."""

    problem = "lp_regression"
    role = "peer"
    requires = ("scipy",)

    def solve(self, oracle, rng):
        yield from minimised(oracle, "L-BFGS-B", gtol=0.0, ftol=0.0, maxfun=oracle.calls)
