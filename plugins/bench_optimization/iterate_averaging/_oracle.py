"""An endless stream of samples, seen through the gradients at points of the solver's choice.

The stream is numbered by the solver, so that runs with one seed see the same samples whatever they
make of them, and runs with other seeds see fresh ones.
"""

import numpy as np

from bench_optimization.iterate_averaging import _exact
from harness.api import Data, Meter

_DRAWN_AT_ONCE = 1 << 16  # numbers


class Stream:
    """Gradients of the mean over the next samples; each sample is seen once.

    A solver that wants another stream than the first chooses it before its first gradient: later,
    old samples could be had again.

    Attributes:
        start: float64[d].
        dim: weights.
        calls: samples that the run may use.
        smoothness, trace: the largest eigenvalue of the Hessian, and the sum of all.
    """

    def __init__(self, data: Data, meter: Meter) -> None:
        self._meter = meter
        self._spectrum, self._best = np.array(data.spectrum), np.array(data.best)
        self._root = np.sqrt(self._spectrum)
        self._noise, self._seed, self._additive = data.noise, data.seed, data.additive
        self.start = np.array(data.start)
        self.dim, self.calls = len(self.start), int(data.samples)
        self.smoothness, self.trace = float(self._spectrum.max()), float(self._spectrum.sum())
        self._begun = False
        self.follow(0)

    def follow(self, number: int) -> None:
        """Begin with the first sample of the stream of this number, at least 0.

        Raises:
            ValueError: once samples were seen.
        """
        if self._begun:
            raise ValueError("samples were seen already; expected follow before the first gradient")
        self._rng = np.random.default_rng([self._seed, number])
        self._rows, self._errors, self._place = self._drawn()

    def stable_step(self, batch: int = 1) -> float:
        """The constant step below which the second moments stay bounded."""
        if self._additive:
            return 2 / self.smoothness
        return _exact.stable_step(self._spectrum, batch)

    def gradient(self, w: np.ndarray, count: int = 1) -> np.ndarray:
        """The mean gradient at w over the next `count` samples; one call for each."""
        if count < 1:
            raise ValueError(f"count = {count}; expected a number of samples, at least 1")
        self._meter.count(count)
        self._begun = True
        error = w - self._best
        if count == 1:
            row, own = self._next()
            if self._additive:
                return np.asarray(self._spectrum * error + row)
            return np.asarray((row @ error - own) * row)
        drawn = [self._next() for _ in range(count)]
        rows = np.array([row for row, _ in drawn])
        if self._additive:
            return np.asarray(self._spectrum * error + rows.mean(axis=0))
        return np.asarray((rows @ error - np.array([own for _, own in drawn])) @ rows / count)

    def _next(self) -> tuple[np.ndarray, float]:
        if self._place == len(self._rows):
            self._rows, self._errors, self._place = self._drawn()
        place = self._place
        self._place += 1
        return self._rows[place], self._errors[place]

    def _drawn(self) -> tuple[np.ndarray, np.ndarray, int]:
        """Inputs with the errors of their targets, or the noise of gradients, of a few samples."""
        rows = self._rng.normal(size=(max(1, _DRAWN_AT_ONCE // self.dim), self.dim)) * self._root
        if self._additive:
            return rows * self._noise, np.zeros(len(rows)), 0
        return rows, self._noise * self._rng.normal(size=len(rows)), 0
