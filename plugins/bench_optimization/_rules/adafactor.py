"""Adafactor (Shazeer and Stern): adaptive rates of a matrix from its row and column means.

For a matrix X (n x m), with b = 1 - t^-0.8: R = b R + (1 - b) (row means of G^2 + eps1), C likewise
of the columns, V = R C^T / mean(R), the nonnegative matrix of rank one that has the row and column
sums of the squares and is nearest to them in the I-divergence. U = G / sqrt(V), divided by
max(1, RMS(U) / clip); X = X - a U with a = max(eps2, RMS(X)) min(rate, 1 / sqrt(t)). Other arrays
keep a V of their own; arrays of more than two dimensions are taken as shape[0] x rest.

The paper's rate, the cap of the relative step, is 0.01; `warm_up` lowers the cap to rate t / 10^4
at the start. `relative=False` leaves RMS(X) out and `decaying=False` the 1 / sqrt(t): without both
a = rate, for schedules from outside. `beta2` instead of `exponent` is a fixed decay, corrected for
its start. `beta1` is a momentum of the clipped updates, and costs a buffer of X's size.
`weight_decay` is decoupled.

O(n m) a step; n + m numbers of state, where Adam keeps 2 n m. Vectors keep as many as they have.
"""

import math
from dataclasses import dataclass

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._rules.base import Arrays, Rule, checked, matched, not_negative, shares

LEAST_CAP = 1e-4  # of the rate, at the first step of a warm-up


@dataclass
class Adafactor(Rule):
    """Second moments of rank one, clipped updates, relative steps."""

    eps1: float = 1e-30  # keeps V above 0
    eps2: float = 1e-3  # the least scale of a relative step
    clip: float = 1.0  # RMS of an update; inf: no clipping
    exponent: float = 0.8
    beta2: float | None = None
    beta1: float = 0.0
    relative: bool = True
    decaying: bool = True
    warm_up: bool = False
    factored: bool = True
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        above_zero({"eps1": self.eps1, "exponent": self.exponent})
        not_negative({"eps2": self.eps2, "weight_decay": self.weight_decay})
        shares({"beta1": self.beta1, "beta2": self.beta2 or 0.0})
        if not self.clip > 0:
            raise ValueError(f"clip = {self.clip}; expected a number above 0, or inf for none")

    def start(self, parameters: Arrays) -> None:
        self._steps = 0
        self._second = [self._moments(checked(array)) for array in parameters]
        kept = parameters if self.beta1 else []
        self._first = [np.zeros(array.shape, array.dtype) for array in kept]

    @np.errstate(over="ignore", invalid="ignore")  # a run may diverge
    def step(self, parameters: Arrays, gradients: Arrays, rate: float) -> None:
        self._steps += 1
        rows = zip(parameters, gradients, self._second, strict=True)
        for place, (array, gradient, second) in enumerate(rows):
            if not array.size:
                continue
            update = self._scaled(matched(gradient, array), second)
            update /= max(1.0, rms(update) / self.clip)
            if self.beta1:
                first = self._first[place]
                first *= self.beta1
                first += (1 - self.beta1) * update
                update = first.copy()
            update *= self._length(array, rate)  # by the array as it was
            array *= 1 - rate * self.weight_decay
            array -= update

    @property
    def state(self) -> list[np.ndarray]:
        return [buffer for buffers in self._second for buffer in buffers] + self._first

    def second_moment(self, place: int) -> np.ndarray:
        """V of an array, as a matrix where it is factored; for inspection."""
        second = self._second[place]
        return second[0] if len(second) == 1 else second[0] * (second[1] / second[0].mean())

    def _moments(self, array: np.ndarray) -> tuple[np.ndarray, ...]:
        if self.factored and array.ndim >= 2 and array.size:
            rows = array.shape[0]
            cols = array.size // rows
            return np.zeros((rows, 1), array.dtype), np.zeros((1, cols), array.dtype)
        return (np.zeros(array.shape, array.dtype),)

    def _keep(self) -> float:
        """How much of the old second moment is kept at this step; nothing at the first."""
        if self.beta2 is None:
            return 1 - self._steps**-self.exponent
        return self.beta2 * (1 - self.beta2 ** (self._steps - 1)) / (1 - self.beta2**self._steps)

    def _scaled(self, gradient: np.ndarray, second: tuple[np.ndarray, ...]) -> np.ndarray:
        """Bring the second moment up to date; returns G / sqrt(V), a new array."""
        keep = self._keep()
        squares = np.square(gradient)
        squares += self.eps1
        if len(second) == 1:
            (v,) = second
            squares *= 1 - keep
            v *= keep
            v += squares
            return gradient / np.sqrt(v)
        rows, cols = second
        squares = squares.reshape(rows.size, cols.size)
        for kept, axis in ((rows, 1), (cols, 0)):
            kept *= keep
            kept += (1 - keep) * squares.mean(axis, np.float64, keepdims=True)
        # Roots first: where a row is eps1, neither R / mean(R) nor R C is in the range of float32.
        update = gradient.reshape(squares.shape) / np.sqrt(rows)
        update *= math.sqrt(rows.mean(dtype=np.float64)) / np.sqrt(cols)
        return update.reshape(gradient.shape)

    def _length(self, array: np.ndarray, rate: float) -> float:
        """The step a."""
        cap = rate * min(1.0, LEAST_CAP * self._steps) if self.warm_up else rate
        length = min(cap, self._steps**-0.5) if self.decaying else cap
        return length * max(self.eps2, rms(array)) if self.relative else length


def rms(array: np.ndarray) -> float:
    """The root of the mean of squares, of an array that is not empty."""
    return math.sqrt(np.square(array).mean(dtype=np.float64))
