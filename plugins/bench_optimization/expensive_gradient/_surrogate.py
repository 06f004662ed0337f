"""The surrogate of a target-based step, and the searches that lower it without the true loss.

    q(theta) = mean_S [G_i . (z_i(theta) - z_i) + |z_i(theta) - z_i|^2 / (2 eta)] + (l2/2)|theta|^2

With the batch's outputs z and their gradients G known, q needs the model only. Where eta is at most
1 / L, with the smoothness L of one component's loss in its outputs, q plus a constant lies above
the batch's objective and touches it at the start.
"""

import math
from dataclasses import dataclass

import numpy as np

_TRIES = 100
_LEAST_STEP = 1e-6
_FLAT = 1e-6  # a gradient of q so short ends the search


@dataclass(frozen=True)
class Armijo:
    """How a step is searched for, with the published defaults.

    Attributes:
        first: the step that the search starts from, before it is enlarged.
        growth: factor by which each search enlarges the last step. shrink: factor of a try.
        share: of the decrease that the slope promises, which a step must reach.
    """

    first: float = 10.0
    growth: float = 1.8
    shrink: float = 0.9
    share: float = 0.5


class Surrogate:
    """q of one batch; `indices` is None for all components."""

    def __init__(self, oracle, z, slopes, eta, indices):
        self._oracle, self._z, self._slopes = oracle, z, slopes
        self._eta, self._indices, self._l2 = eta, indices, oracle.l2

    def targets(self, theta):
        return self._oracle.targets(theta, self._indices)

    def value(self, theta, z):
        """q, where the model gives z at theta."""
        moved = z - self._z
        fall = float(np.vdot(self._slopes, moved)) + float(np.vdot(moved, moved)) / (2 * self._eta)
        return fall / len(moved) + self._l2 / 2 * float(theta @ theta)

    def gradient(self, theta, z):
        v = self._slopes + (z - self._z) / self._eta
        return self._oracle.model_vjp(theta, v / len(v), self._indices) + self._l2 * theta

    def descend(self, theta, steps, search: Armijo):
        """Steps of gradient descent on q by Armijo's rule; each costs two passes and its tries."""
        z, step = self._z, search.first
        for _ in range(steps):
            gradient = self.gradient(theta, z)
            square = float(gradient @ gradient)
            if math.sqrt(square) <= _FLAT:
                break
            step *= search.growth
            value = self.value(theta, z)
            for _ in range(_TRIES):
                trial = theta - step * gradient
                trial_z = self.targets(trial)
                if self.value(trial, trial_z) <= value - search.share * step * square:
                    break
                step = max(step * search.shrink, _LEAST_STEP)
            else:
                break
            theta, z = trial, trial_z
        return theta

    def descend_by(self, theta, steps, rate):
        """Steps of gradient descent on q of a fixed rate."""
        z = self._z
        for number in range(steps):
            if number:
                z = self.targets(theta)
            theta = theta - rate * self.gradient(theta, z)
        return theta

    def minimiser(self, theta):
        """The least q of a linear model, by least squares; of many the nearest to theta."""
        rows = self._oracle.features(self._indices)
        d, k = rows.shape[1], self._slopes.shape[1]
        left = rows / math.sqrt(len(rows) * self._eta)
        right = self._slopes * -math.sqrt(self._eta / len(rows))
        if self._l2:
            root = math.sqrt(self._l2)
            left = np.vstack([left, root * np.eye(d)])
            right = np.vstack([right, -root * theta.reshape(d, k)])
        return theta + np.linalg.lstsq(left, right, rcond=None)[0].ravel()
