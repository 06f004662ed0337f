"""scikit-learn's LogisticRegression: liblinear's trust-region Newton or coordinate descent.

Our sum of losses is its C = 1 / l2 (or 1 / l1), without intercept. liblinear takes l1 or l2 alone,
where both are given saga takes them; softmax is left to newton-cholesky. For least squares it
yields the start and ends.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class PeerLogistic(Solver):
    """sklearn.linear_model.LogisticRegression."""

    problem = "block_coordinate"
    role = "peer"
    requires = ("scikit-learn",)

    tolerance: float = 1e-10  # of its own stopping rule
    rounds: int = 2000  # at most

    def solve(self, data, rng):
        from scipy.sparse import csc_array, csr_array
        from sklearn.linear_model import LogisticRegression

        yield data.start
        if data.loss == "squares":
            return
        if "matrix" in data:
            matrix = np.array(data.matrix)
        else:
            parts = (np.array(data.values), np.array(data.rows), data.starts.astype(np.int32))
            matrix = csr_array(csc_array(parts, shape=data.shape))
        both = data.l1 + data.l2
        solver = "liblinear" if not data.l1 else "saga"
        if data.loss == "softmax":
            solver = "newton-cholesky"
        found = LogisticRegression(
            C=1 / both,
            l1_ratio=data.l1 / both,
            solver=solver,
            fit_intercept=False,
            tol=self.tolerance,
            max_iter=self.rounds,
            random_state=int(rng.integers(2**31)),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it did not converge shows in the cost
            found.fit(matrix, np.array(data.target))
        whole = np.zeros((data.shape[1], data.classes))
        if data.classes == 1:
            whole[:, 0] = found.coef_[0]
        elif len(found.classes_) == data.classes:
            whole[:] = found.coef_.T
        else:
            return
        yield whole.ravel()
