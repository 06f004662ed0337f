"""Averages of the points of a run: better estimates of where it is heading than its last point.

An average is told the start once and the point after every step; it keeps float64 whatever the
points are, as the weight of a late point is far below a float32's rounding. Each costs O(d) a step.
`_profiles.py` has those whose width is chosen after the run.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench_optimization._rules.base import checked, not_negative, shares
from harness.api import kernel

Arrays = Sequence[np.ndarray]


class Average:
    """An average of points, fed with each of them in turn."""

    def start(self, parameters: Arrays) -> None:
        """Begin at the start of the run, a copy of which is the mean until the first update."""
        self._steps = 0
        self._dtypes = [checked(array).dtype for array in parameters]
        self._means = doubles(parameters)

    def update(self, parameters: Arrays) -> None:
        """Take in the point after a step."""
        raise NotImplementedError(f"{type(self).__name__} must define update(self, parameters)")

    def value(self) -> list[np.ndarray]:
        """The average, of the points' dtypes; the next update may change it."""
        return self._cast(self._means)

    def _cast(self, arrays: Arrays) -> list[np.ndarray]:
        return [np.asarray(a, d) for a, d in zip(arrays, self._dtypes, strict=True)]


@dataclass
class EMA(Average):
    """The fading mean: mean = decay mean + (1 - decay) x, from the start on.

    The average over x_0..x_{N-1}, as papers on the theory have it, is this one a step earlier.
    """

    decay: float = 0.99

    def __post_init__(self) -> None:
        shares({"decay": self.decay})

    def update(self, parameters: Arrays) -> None:
        blend(self._means, parameters, 1 - self.decay)


@dataclass
class Polyak(Average):
    """The plain mean of all points after a step; the start does not count."""

    def update(self, parameters: Arrays) -> None:
        self._steps += 1
        blend(self._means, parameters, 1 / self._steps)


@dataclass
class Tail(Average):
    """The plain mean of the last `window` points, or of all while there are fewer.

    Keeps the window, O(window d) memory. Its sum is added up anew each time the window has moved
    on by its length, so that roundings don't gather.
    """

    window: int = 100  # points

    def __post_init__(self) -> None:
        if self.window < 1:
            raise ValueError(f"window = {self.window}; expected a number of points, 1 or more")

    def start(self, parameters: Arrays) -> None:
        super().start(parameters)
        self._ring: list[list[np.ndarray]] = []
        self._sums = [np.zeros_like(mean) for mean in self._means]

    def update(self, parameters: Arrays) -> None:
        _same_shapes(self._means, parameters)
        place = self._steps % self.window
        self._steps += 1
        if len(self._ring) < self.window:
            self._ring.append(doubles(parameters))
        else:
            for old, total in zip(self._ring[place], self._sums, strict=True):
                total -= old
            copy(self._ring[place], parameters)
        for new, total in zip(self._ring[place], self._sums, strict=True):
            total += new
        if place == self.window - 1:
            for number, total in enumerate(self._sums):
                total[...] = 0
                for point in self._ring:
                    total += point[number]

    def value(self) -> list[np.ndarray]:
        if not self._ring:
            return super().value()
        return self._cast([total / len(self._ring) for total in self._sums])


@dataclass
class BEMA(Average):
    """Bias-corrected averaging (Block and Zhang, "EMA Without the Lag").

    mean = (1 - b_t) mean + b_t x with b_t = s^-kappa, and the value is
    mean + a_t (x - x_0) with a_t = s^-eta, which makes up for the mean's lag; x_0 is the point
    after `burn_in` steps, and only every `every`-th step later is taken in. A negative eta leaves
    the correction away (a power EMA), a negative kappa the averaging. The origin: for a process
    dx = A (m - x) dt + noise, the likeliest m is the mean of x plus (x_T - x_0) / (A T).

    `variant` says what s is at step t after the burn-in: "trl" rho + gamma t, as published;
    "offline" 1 + gamma max(t + rho, 1) and "online" gamma (1 + max(0, t - rho)), as two files of
    the authors have it. With the default eta the value overshoots for long after the run has
    settled: a_4000 is 0.19.
    """

    kappa: float = 0.5
    eta: float = 0.2
    rho: float = 10.0  # steps
    gamma: float = 1.0
    burn_in: int = 0  # steps
    every: int = 1  # steps; the paper's default is 400, for runs of many thousand
    variant: str = "trl"

    def __post_init__(self) -> None:
        not_negative({"rho": self.rho, "gamma": self.gamma, "burn_in": self.burn_in})
        if self.every < 1:
            raise ValueError(f"every = {self.every}; expected a number of steps, 1 or more")
        if not (math.isfinite(self.kappa) and math.isfinite(self.eta)):
            raise ValueError(f"kappa = {self.kappa}, eta = {self.eta}; expected finite numbers")
        if self.variant not in ("trl", "offline", "online"):
            raise ValueError(f"variant = {self.variant!r}; expected trl, offline or online")

    def start(self, parameters: Arrays) -> None:
        super().start(parameters)
        self._first = doubles(parameters)
        self._values = doubles(parameters)

    def update(self, parameters: Arrays) -> None:
        self._steps += 1
        if self._steps <= self.burn_in:
            for kept in (self._means, self._first, self._values):
                copy(kept, parameters)
            return
        if (self._steps - self.burn_in) % self.every:
            return
        blend(self._means, parameters, self._power(self.kappa, 1.0))
        ahead = self._power(self.eta, 0.0)
        rows = zip(self._values, self._means, parameters, self._first, strict=True)
        for value, mean, point, first in rows:
            np.subtract(point, first, out=value)
            value *= ahead
            value += mean

    def value(self) -> list[np.ndarray]:
        return self._cast(self._values)

    def _power(self, exponent: float, off: float) -> float:
        """s^-exponent, at most 1; `off` where the exponent is negative."""
        if exponent < 0:
            return off
        t = self._steps - self.burn_in
        s = {
            "trl": self.rho + self.gamma * t,
            "offline": 1 + self.gamma * max(t + self.rho, 1),
            "online": self.gamma * (1 + max(0, t - self.rho)),
        }[self.variant]
        return min(s**-exponent, 1.0) if s > 0 else 1.0


@dataclass
class OUEMA(Average):
    """The fading mean of points from which the start is taken away: (x - c x_0) / (1 - c).

    c = (1 + t)^-eta is how much of the start a process that forgets it slowly still holds.
    """

    decay: float = 0.99
    eta: float = 0.2

    def __post_init__(self) -> None:
        shares({"decay": self.decay})
        if not 0 < self.eta < math.inf:
            raise ValueError(f"eta = {self.eta}; expected a finite number above 0")

    def start(self, parameters: Arrays) -> None:
        super().start(parameters)
        self._first = doubles(parameters)

    def update(self, parameters: Arrays) -> None:
        self._steps += 1
        _same_shapes(self._first, parameters)
        held = (1 + self._steps) ** -self.eta
        pairs = zip(parameters, self._first, strict=True)
        freed = [(point - held * first) / (1 - held) for point, first in pairs]
        blend(self._means, freed, 1 - self.decay)


@dataclass
class DEMA(Average):
    """The double fading mean, 2 EMA - EMA(EMA): on a straight path it does not lag in the end."""

    decay: float = 0.99

    def __post_init__(self) -> None:
        shares({"decay": self.decay})

    def start(self, parameters: Arrays) -> None:
        super().start(parameters)
        self._twice = doubles(parameters)

    def update(self, parameters: Arrays) -> None:
        blend(self._means, parameters, 1 - self.decay)
        blend(self._twice, self._means, 1 - self.decay)

    def value(self) -> list[np.ndarray]:
        pairs = zip(self._means, self._twice, strict=True)
        return self._cast([2 * once - twice for once, twice in pairs])


def scaled_decay(decay: float, times: float) -> float:
    """The decay for batches that are so many times as large: decay^times.

    From "How to Scale Your EMA" (Busbridge and others): on points that don't move, so many small
    updates are one large one. Computed so that no digit of a decay near 1 is lost.

    Args:
        decay: of one step, above 0 and below 1. times: new batch size / old one, above 0.
    """
    if not 0 < decay < 1 or not 0 < times < math.inf:
        raise ValueError(
            f"decay = {decay}, times = {times}; expected a decay between 0 and 1 and a finite "
            "factor above 0"
        )
    return math.exp(times * math.log1p(-(1 - decay)))


def blend(means: Arrays, parameters: Arrays, weight: float) -> None:
    """mean = mean + weight (x - mean), in place; the means are float64."""
    _same_shapes(means, parameters)  # C would read beyond the end of a smaller one
    if weight == 1:  # what the mean was must leave no rounding behind
        copy(means, parameters)
        return
    for mean, point in zip(means, parameters, strict=True):
        if point.dtype == np.float32:
            kernel("optimisers").opt_average_f32(mean.size, mean, point, weight)
        else:
            kernel("optimisers").opt_average_f64(mean.size, mean, point, weight)


def doubles(parameters: Arrays) -> list[np.ndarray]:
    """Copies of float64."""
    return [np.array(array, np.float64, order="C") for array in parameters]


def copy(kept: Arrays, parameters: Arrays) -> None:
    """Copy points into arrays that are there."""
    _same_shapes(kept, parameters)
    for mine, point in zip(kept, parameters, strict=True):
        mine[...] = point


def _same_shapes(kept: Arrays, parameters: Arrays) -> None:
    for mine, point in zip(kept, parameters, strict=True):
        if mine.shape != point.shape:
            raise ValueError(f"a point has an array of shape {point.shape}; expected {mine.shape}")
