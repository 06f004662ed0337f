"""The oracle: sums of samples by their margins, each sample that is looked at counted.

A step of a batch method is one product with the samples, which gives the margins, and one with
their transpose: a pass. The margins come along, so that a method sees from them, at no further
cost, whether the point at which it asked separates. Whoever wants the samples themselves, as
solvers of other packages do, says for how many passes over them, and pays for these at once.
Products are those of kernels, not of BLAS, whose last digits depend on the number of its threads.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bench_optimization._checks import limit
from harness.api import Meter, kernel


class Oracle:
    """The samples z of one instance.

    Attributes:
        n, dim: samples, and entries of theta.
        calls: samples that the case allows to be looked at in all.
        radius: the largest length of a sample.
    """

    def __init__(self, data: Mapping[str, Any], meter: Meter) -> None:
        self._z = data["samples"]
        self._meter = meter
        self.n, self.dim = self._z.shape
        self.calls = int(data["passes"]) * self.n
        self.radius = float(np.linalg.norm(self._z, axis=1).max())
        limit(meter, self.calls)
        compiled = kernel("finite_sum")
        self._positive_run, self._not_above = compiled.fs_positive_run, compiled.fs_not_above
        self._all, self._ones = compiled.fs_all_dense, np.ones(self.n)

    @property
    def start(self) -> np.ndarray:
        """The point to begin at: 0, for which all samples are on the wrong side."""
        return np.zeros(self.dim)

    def gradient(self, theta: np.ndarray, loss: str) -> tuple[np.ndarray, np.ndarray]:
        """The sum of p_i z_i, float64[d], and the margins m_i = z_i . theta, float64[n]; costs n.

        Args:
            theta: float64[d].
            loss: "logistic", with p = 1 / (1 + exp(m)), minus the derivative of log(1 + exp(-m));
            or
                "perceptron", with p = 1 where m <= 0, else 0.
        """
        if loss not in ("logistic", "perceptron"):
            raise ValueError(f"loss = {loss!r}; expected logistic or perceptron")
        self._point(theta)
        self._meter.count(self.n)
        margins, direction = np.empty(self.n), np.empty(self.dim)
        if loss == "logistic":
            shape = (self.n, self.dim)
            self._all(self._z, self._ones, *shape, theta, -1.0, 0.0, margins, direction)
        else:
            self._not_above(self._z, self.n, self.dim, theta, margins, direction)
        return direction, margins

    def first_wrong(self, theta: np.ndarray, first: int) -> tuple[int, np.ndarray]:
        """Look at the samples first, first + 1, ..., around the end, for one on the wrong side.

        Returns its number and the sample; -1 and zeros where there is none. Each that was looked at
        is counted, the wrong one too.
        """
        self._point(theta)
        if not 0 <= first < self.n:
            raise IndexError(f"there is no sample {first}; expected 0..{self.n - 1}")
        most = self.n
        if self._meter.limit is not None:
            most = min(most, self._meter.limit - self._meter.calls)
        right = self._positive_run(self._z, self.n, self.dim, theta, int(first), most)
        self._meter.count(min(right + 1, self.n))
        if right == self.n:
            return -1, np.zeros(self.dim)
        wrong = (int(first) + right) % self.n
        return wrong, self._z[wrong].copy()

    def samples(self, passes: int) -> np.ndarray:
        """All samples z, float64[n, d], for `passes` passes over them; costs n each, at once."""
        if passes < 1 or passes != int(passes):
            raise ValueError(f"passes = {passes}; expected a whole number of at least 1")
        self._meter.count(int(passes) * self.n)
        return self._z.copy()

    def _point(self, theta: np.ndarray) -> None:
        if not isinstance(theta, np.ndarray) or theta.shape != (self.dim,):
            got = (
                f"the shape {theta.shape}"
                if isinstance(theta, np.ndarray)
                else type(theta).__name__
            )
            raise ValueError(f"theta: got {got}, expected float64 of shape ({self.dim},)")
