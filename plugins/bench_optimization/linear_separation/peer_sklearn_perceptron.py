"""The perceptron of scikit-learn, in the order of the data, an epoch at a time.

An epoch is a pass. It ends after one without an update. scikit-learn, too, takes margins of 0 for
wrong.
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class SklearnPerceptron(Solver):
    """sklearn.linear_model.Perceptron."""

    problem = "linear_separation"
    role = "peer"
    requires = ("scikit-learn",)

    def solve(self, oracle, rng):
        from sklearn.linear_model import Perceptron

        yield oracle.start
        model, before = Perceptron(fit_intercept=False, shuffle=False, tol=None, eta0=1.0), None
        while True:
            z = oracle.samples(1)
            # Samples whose class is -1 as they are, mirrored: the same updates, and two classes.
            signs = np.where(np.arange(len(z)) % 2 == 0, 1.0, -1.0)
            model.partial_fit(signs[:, None] * z, signs, classes=[-1.0, 1.0])
            yield model.coef_[0].copy()
            if before is not None and (model.coef_[0] == before).all():
                return
            before = model.coef_[0].copy()
