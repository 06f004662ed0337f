"""LIBLINEAR's support vector machine, with so little regularisation that its margin is nearly hard.

Coordinate descent on the dual goes through the samples in random order; an iteration is a pass, at
the most, since it leaves out samples that it takes for settled. Answers come after 1, 2, 4, ...
iterations, of runs begun anew from the same seed, of which only the further passes are counted, so
that seconds are up to twice those of one run. It seeks the largest margin, which takes longer than
any; after each answer a further pass tells whether it separates.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class SklearnLinearSVC(Solver):
    """sklearn.svm.LinearSVC."""

    problem = "linear_separation"
    role = "peer"
    requires = ("scikit-learn",)

    penalty: float = 1e6  # of samples within the margin, C

    def solve(self, oracle, rng):
        from sklearn.svm import LinearSVC

        yield oracle.start
        seed, done = int(rng.integers(2**31)), 0
        left = oracle.calls // oracle.n
        while left > 0 and oracle.n > 1:  # it refuses samples of one class
            passes = done + min(left, max(1, done))
            z = oracle.samples(passes - done)
            signs = np.where(np.arange(len(z)) % 2 == 0, 1.0, -1.0)
            model = LinearSVC(
                C=self.penalty,
                loss="hinge",
                fit_intercept=False,
                tol=1e-12,
                max_iter=passes,
                random_state=seed,
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that it has not converged yet is meant
                model.fit(signs[:, None] * z, signs)
            yield model.coef_[0].copy()
            left -= passes - done + 1
            done = passes
            if left < 0 or (oracle.samples(1) @ model.coef_[0] > 0).all():
                return
