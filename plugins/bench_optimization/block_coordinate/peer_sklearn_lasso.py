"""scikit-learn's Lasso and ElasticNet: cyclic coordinate descent with a duality gap.

Its objective is ours divided by m: alpha = (l1 + l2) / m, l1_ratio = l1 / (l1 + l2), no intercept.
For what has no penalty l1, for other losses and for the simplex it yields the start and ends.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class PeerLasso(Solver):
    """sklearn.linear_model.ElasticNet, which is Lasso where there is no l2."""

    problem = "block_coordinate"
    role = "peer"
    requires = ("scikit-learn",)

    tolerance: float = 1e-12  # of the duality gap, relative to |target|^2
    rounds: int = 100_000  # at most

    def solve(self, data, rng):
        from scipy.sparse import csc_array
        from sklearn.linear_model import ElasticNet

        yield data.start
        if data.loss != "squares" or not data.l1:
            return
        if "matrix" in data:
            matrix = np.asfortranarray(data.matrix)
        else:
            parts = (np.array(data.values), np.array(data.rows), data.starts.astype(np.int32))
            matrix = csc_array(parts, shape=data.shape)
        penalty = data.l1 + data.l2
        found = ElasticNet(
            alpha=penalty / data.shape[0],
            l1_ratio=data.l1 / penalty,
            positive=data.nonnegative,
            fit_intercept=False,
            tol=self.tolerance,
            max_iter=self.rounds,
            random_state=int(rng.integers(2**31)),  # unused in turn, but drawn globally if None
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it did not converge shows in the cost
            yield found.fit(matrix, np.array(data.target)).coef_
