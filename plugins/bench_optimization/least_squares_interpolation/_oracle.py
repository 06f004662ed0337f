"""What solvers see of a least-squares problem: gradients of components, each of them counted."""

from typing import Any

import numpy as np

from harness.api import Data, Meter


class Oracle:
    """f(x) = (1/2n) sum_i (a_i.x - b_i)^2, by gradients of its components.

    Attributes:
        start: float64[d].
        n, dim: components and weights.
        calls: component gradients that the run may use.
        smoothness, strong_convexity: the largest eigenvalue of the Hessian, and the least that is
            not 0 (no gradient has a part in the others' space).
        component_smoothness: the largest |a_i|^2.
        row_smoothness: float64[n], |a_i|^2 of each component.
        row_convexity: the least eigenvalue that is not 0 of A'A, with rows of length 1.
        growth: the least rho with E|g_i|^2 <= rho |grad f|^2, for targets that can all be met.
        second_moment_smoothness, statistical_condition: L_1 and kappa~ of `_theory`.
    """

    def __init__(self, data: Data, meter: Meter) -> None:
        self._rows, self._targets, self._meter = data.features, data.targets, meter
        self.n, self.dim = (int(length) for length in data.features.shape)
        self.start = np.array(data.start)
        self.calls = int(data.calls)
        self.row_smoothness = np.array(data.row_smoothness)
        self.smoothness = float(data.smoothness)
        self.strong_convexity = float(data.strong_convexity)
        self.component_smoothness = float(data.component_smoothness)
        self.row_convexity = float(data.row_convexity)
        self.growth = float(data.growth)
        self.second_moment_smoothness = float(data.second_moment_smoothness)
        self.statistical_condition = float(data.statistical_condition)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """The gradient of f; n calls."""
        self._meter.count(self.n)
        return np.asarray((self._rows @ x - self._targets) @ self._rows / self.n)

    def value(self, x: np.ndarray) -> float:
        """f; n calls."""
        self._meter.count(self.n)
        residual = self._rows @ x - self._targets
        return float(residual @ residual) / (2 * self.n)

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """f with its gradient, which share the residuals; n calls."""
        self._meter.count(self.n)
        residual = self._rows @ x - self._targets
        return float(residual @ residual) / (2 * self.n), residual @ self._rows / self.n

    def stochastic_gradient(self, x: np.ndarray, indices: Any) -> np.ndarray:
        """The mean gradient of components, which may repeat; one call for each.

        Args:
            x: float64[d].
            indices: int[k], k at least 1.
        """
        chosen = np.asarray(indices)
        if chosen.ndim != 1 or not chosen.size or chosen.dtype.kind not in "iu":
            raise ValueError(
                f"indices of shape {chosen.shape} and type {chosen.dtype}; expected int[k], k >= 1"
            )
        if chosen.size == 1:
            index = int(chosen[0])
            if not 0 <= index < self.n:
                raise IndexError(f"component {index}; expected 0..{self.n - 1}")
            self._meter.count()
            row = self._rows[index]
            return np.asarray((row @ x - self._targets[index]) * row)
        if chosen.min() < 0 or chosen.max() >= self.n:
            raise IndexError(f"components {chosen.min()}..{chosen.max()}; expected 0..{self.n - 1}")
        self._meter.count(chosen.size)
        rows = self._rows[chosen]
        return np.asarray((rows @ x - self._targets[chosen]) @ rows / chosen.size)
