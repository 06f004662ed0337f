"""The objective f(theta) = mean l_i(x_i . Theta) + (l2 / 2)|theta|^2, and its minimum.

Theta is theta as a d x k array, k = 1 but for softmax.
"""

import numpy as np

from bench_optimization.expensive_gradient._losses import LOSSES


class Objective:
    """The whole of it, uncounted: for scores, and for what the oracle counts."""

    def __init__(self, data):
        self.features, self.labels = data["features"], data["labels"]
        self.loss, self.l2, self.outputs = LOSSES[data["loss"]], data["l2"], data["outputs"]
        self.n, self.width = self.features.shape
        self.dim = self.width * self.outputs

    def targets(self, theta, rows):
        return rows @ theta.reshape(self.width, self.outputs)

    def pulled(self, rows, v):
        """The sum of v_i dz_i/dtheta over rows."""
        return (rows.T @ v).ravel()

    def value(self, theta):
        z = self.targets(theta, self.features)
        return float(self.loss.values(z, self.labels).mean() + self.l2 / 2 * (theta @ theta))

    def gradient(self, theta):
        slopes = self.loss.gradients(self.targets(theta, self.features), self.labels)
        return self.pulled(self.features, slopes) / self.n + self.l2 * theta

    def hessian(self, theta):
        curvature = self.loss.curvature(self.targets(theta, self.features))
        d, k, rows = self.width, self.outputs, self.features
        found = np.empty((d, k, d, k))
        for a in range(k):
            for b in range(a, k):
                block = (rows.T * curvature[:, a, b]) @ rows / self.n
                found[:, a, :, b] = found[:, b, :, a] = block
        return found.reshape(self.dim, self.dim) + self.l2 * np.eye(self.dim)


def minimum(objective: Objective, start: np.ndarray) -> tuple[float, np.ndarray]:
    """The least value and where it is, by Newton's method with halved steps.

    Of a convex objective that has a minimum. It ends where a step gains nothing any more: the
    value is then right to rounding, as the error of the point enters it squared.
    """
    theta, value = start.copy(), objective.value(start)
    for _ in range(_MOST_STEPS):
        gradient = objective.gradient(theta)
        step = np.linalg.lstsq(objective.hessian(theta), -gradient, rcond=1e-13)[0]
        length, trial = 1.0, objective.value(theta + step)
        while not trial < value and length > 1e-6:
            length /= 2
            trial = objective.value(theta + length * step)
        if not trial < value:
            return value, theta
        theta, value = theta + length * step, trial
    raise ArithmeticError(f"Newton's method did not end within {_MOST_STEPS} steps")


_MOST_STEPS = 200
