"""SAG of scikit-learn: single components, drawn with replacement, in compiled loops.

It computes the step from the data itself and updates sparse coordinates only when they are met.
An iteration of n components is a pass. How its answers and calls come about, `_peers.py` tells.
"""

from dataclasses import dataclass

from bench_optimization.logistic_regression._peers import run
from harness.api import Solver


@dataclass(frozen=True)
class SklearnSAG(Solver):
    """sklearn.linear_model.LogisticRegression(solver="sag")."""

    problem = "logistic_regression"
    role = "peer"
    requires = ("scikit-learn",)

    traced: bool = True  # answers after 1, 2, 4, ... passes, or at the end only

    def solve(self, oracle, rng):
        from sklearn.linear_model import LogisticRegression

        seed = int(rng.integers(2**31))
        yield from run(oracle, LogisticRegression, self.traced, solver="sag", random_state=seed)
