"""The objective f(theta) = mean l_i(x_i . Theta) + (l2 / 2)|theta|^2, and its minimum.

Theta is theta as a d x k array, k = 1 but for softmax.
"""

from collections.abc import Iterator

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
    """The least value and where it is, by Newton's method.

    Of a convex objective that has a minimum. The value is right to rounding, as the error of the
    point enters it squared.
    """
    value, theta = objective.value(start), start
    for number, (value, theta) in enumerate(newton(objective, start)):  # noqa: B007
        if number == _MOST_STEPS:
            raise ArithmeticError(f"Newton's method did not end within {_MOST_STEPS} steps")
    return value, theta


def newton(objective: Objective, start: np.ndarray) -> Iterator[tuple[float, np.ndarray]]:
    """Values and points of halved Newton steps, until one gains nothing any more."""
    theta, value = start, objective.value(start)
    while True:
        step = _newton_step(objective, theta)
        length, trial = 1.0, objective.value(theta + step)
        while not trial < value and length > 1e-6:
            length /= 2
            trial = objective.value(theta + length * step)
        if not trial < value:
            return
        theta, value = theta + length * step, trial
        yield value, theta


def has_minimum_near(objective: Objective, theta: np.ndarray) -> bool:
    """Whether Newton's decrement at theta proves that a logistic objective has a minimum.

    With rows of length at most R its third derivative is at most R times the second along moves of
    length 1. It has a minimum, then, where g'H^-1 g <= mu / (4 R^2), with the gradient g, the
    Hessian H and its least eigenvalue mu (Bach 2010, proposition 2). False proves nothing.
    """
    hessian, gradient = objective.hessian(theta), objective.gradient(theta)
    bends, directions = np.linalg.eigh(hessian)
    if not bends[0] > 1e-10 * bends[-1]:
        return False  # to rounding singular
    decrement = ((directions.T @ gradient) ** 2 / bends).sum()
    longest = (objective.features**2).sum(axis=1).max()
    return bool(decrement <= bends[0] / (4 * longest))


def _newton_step(objective, theta):
    hessian, gradient = objective.hessian(theta), objective.gradient(theta)
    if objective.l2 > 1e-10 * np.trace(hessian):  # well conditioned, and quicker by far
        return np.linalg.solve(hessian, -gradient)
    return np.linalg.lstsq(hessian, -gradient, rcond=1e-13)[0]


_MOST_STEPS = 200
