"""LIBLINEAR, as scikit-learn calls it: coordinate descent on the dual problem.

Each component has a dual variable, which Newton's method sets while the others rest; an iteration
goes through all n in random order, a pass. Yu, Huang and Lin, "Dual coordinate descent methods for
logistic regression and maximum entropy models", 2011. How its answers and calls come about,
`_peers.py` tells.
"""

from dataclasses import dataclass

from bench_optimization.logistic_regression._peers import run
from harness.api import Solver


@dataclass(frozen=True)
class SklearnLiblinear(Solver):
    """sklearn.linear_model.LogisticRegression(solver="liblinear", dual=True)."""

    problem = "logistic_regression"
    role = "peer"
    requires = ("scikit-learn",)

    traced: bool = True  # answers after 1, 2, 4, ... passes, or at the end only

    def solve(self, oracle, rng):
        from sklearn.linear_model import LogisticRegression

        seed = int(rng.integers(2**31))
        yield from run(
            oracle,
            LogisticRegression,
            self.traced,
            solver="liblinear",
            dual=True,
            random_state=seed,
        )
