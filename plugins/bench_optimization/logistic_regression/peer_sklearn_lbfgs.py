"""L-BFGS of scikit-learn, its default: scipy's L-BFGS-B on scikit-learn's own loss.

An iteration is counted as a pass, and the first gradient as one more, though its line search takes
a second one now and then: the counts are a little too kind. How its answers come about, `_peers.py`
tells.
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

        def fit(features, labels, strength, passes):
            if passes == 1:
                return oracle.start
            model = LogisticRegression(
                C=strength, solver="lbfgs", fit_intercept=False, tol=1e-14, max_iter=passes - 1
            )
            return model.fit(features, labels).coef_[0]

        yield from run(oracle, fit, self.traced)
