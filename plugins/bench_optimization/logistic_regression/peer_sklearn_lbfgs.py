"""L-BFGS of scikit-learn, its default: scipy's L-BFGS-B on scikit-learn's own loss.

It does not tell how many gradients its line searches took. On the cases of this board these are up
to a tenth more than the iterations, so that nine iterations are counted as ten passes, after one
for the first gradient; `peer_scipy_lbfgsb` is the same algorithm with exact counts. How its answers
come about, `_peers.py` tells.
"""

from dataclasses import dataclass

from bench_optimization.logistic_regression._peers import run
from harness.api import Solver


@dataclass(frozen=True)
class SklearnLBFGS(Solver):
    """sklearn.linear_model.LogisticRegression(solver="lbfgs")."""

    problem = "logistic_regression"
    role = "peer"
    requires = ("scikit-learn",)

    traced: bool = True  # answers after 1, 2, 4, ... passes, or at the end only

    def solve(self, oracle, rng):
        from sklearn.linear_model import LogisticRegression

        yield from run(
            oracle,
            LogisticRegression,
            self.traced,
            lambda passes: (passes - 1) * 9 // 10,
            solver="lbfgs",
        )
