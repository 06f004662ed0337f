"""Averages whose width is chosen after the run (Karras and others, "Analyzing and Improving the
Training Dynamics of Diffusion Models").

A power profile weighs the points of steps 1..t by s^gamma; its relative width is the profile's
standard deviation over t, sqrt((gamma + 1) / ((gamma + 2)^2 (gamma + 3))). It is tracked by
mean = b mean + (1 - b) x with b = (1 - 1/t)^(gamma + 1), so that the point of step s has the weight
(s^(gamma+1) - (s-1)^(gamma+1)) / t^(gamma+1).

`PostHoc` tracks two widths and keeps snapshots of both. The profile of any other width is close to
a combination of the snapshots' profiles: least squares on the profiles, whose inner products
are known in closed form, then weights that sum to 1. O(d) a step, 2 K d for K snapshots, and a
2K x 2K solve for each width that is asked for. With few snapshots (K <= 4), or widths far from the
tracked ones, the combination is inaccurate; so are snapshots of the first 50 steps.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench_optimization._averages import Arrays, Average, blend, doubles

WIDEST = 12**-0.5  # the relative width of the plain mean


def gamma_of(width: float) -> float:
    """The exponent of the profile with a relative width, above 0 and at most 1/sqrt(12)."""
    if not 0 < width <= WIDEST:
        raise ValueError(f"width = {width}; expected a share above 0 and at most {WIDEST:.4f}")
    inverse = width**-2
    roots = np.roots([1.0, 7.0, 16 - inverse, 12 - inverse])
    return max(0.0, float(roots.real.max()))


def width_of(gamma: float) -> float:
    """The relative width of the profile with an exponent, 0 or above."""
    return math.sqrt((gamma + 1) / ((gamma + 2) ** 2 * (gamma + 3)))


def inner_products(
    times: Sequence[float],
    gammas: Sequence[float],
    other_times: Sequence[float],
    other_gammas: Sequence[float],
) -> np.ndarray:
    """The integrals of the products of profiles, float64[len(times), len(other_times)]."""
    t, g = (np.asarray(values, np.float64)[:, None] for values in (times, gammas))
    u, h = (np.asarray(values, np.float64)[None, :] for values in (other_times, other_gammas))
    # The profile that ends earlier stops the integral; the later one's weight falls towards it.
    ratio = np.where(t < u, (t / u) ** h, (u / t) ** g)
    return (g + 1) * (h + 1) * ratio / ((g + h + 1) * np.maximum(t, u))


def combination(
    times: Sequence[float], gammas: Sequence[float], time: float, gamma: float
) -> np.ndarray:
    """The weights, which sum to 1, with which snapshots make up the profile of (time, gamma)."""
    if time > max(times):
        raise ValueError(f"time = {time} is after the last snapshot, of step {max(times)}")
    matrix = inner_products(times, gammas, times, gammas)
    wanted = inner_products(times, gammas, [time], [gamma])[:, 0]
    weights = np.linalg.solve(matrix, wanted)
    return weights / weights.sum()


@dataclass
class Power(Average):
    """The average with a power profile of one relative width."""

    width: float = 0.1  # share of the run so far

    def __post_init__(self) -> None:
        self._gamma = gamma_of(self.width)

    def update(self, parameters: Arrays) -> None:
        self._steps += 1
        blend(self._means, parameters, 1 - (1 - 1 / self._steps) ** (self._gamma + 1))

    @property
    def means(self) -> list[np.ndarray]:
        """The average in float64."""
        return self._means


@dataclass
class PostHoc(Average):
    """Two tracked widths, snapshots, and the average of any width."""

    width: float = 0.1  # of the value, as a share of the run so far
    every: int = 100  # steps between snapshots
    tracked: tuple[float, ...] = (0.05, 0.1)

    def __post_init__(self) -> None:
        gamma_of(self.width)
        if self.every < 1:
            raise ValueError(f"every = {self.every}; expected a number of steps, 1 or more")
        if len(set(self.tracked)) < 2:
            raise ValueError(f"tracked = {self.tracked}; expected two widths that differ")
        for width in self.tracked:
            gamma_of(width)

    def start(self, parameters: Arrays) -> None:
        super().start(parameters)
        self._powers = [Power(width) for width in self.tracked]
        for power in self._powers:
            power.start(parameters)
        self._times: list[float] = []
        self._gammas: list[float] = []
        self._snapshots: list[list[np.ndarray]] = []
        self._value: list[np.ndarray] | None = None  # until the next snapshot

    def update(self, parameters: Arrays) -> None:
        self._steps += 1
        for power in self._powers:
            power.update(parameters)
        if self._steps % self.every == 0:
            self._times += [self._steps] * len(self._powers)
            self._gammas += [gamma_of(width) for width in self.tracked]
            self._snapshots += [doubles(power.means) for power in self._powers]
            self._value = None

    def value(self) -> list[np.ndarray]:
        """The average of the width asked for at the last snapshot; the start before the first."""
        if not self._snapshots:
            return super().value()
        if self._value is None:
            self._value = self._cast(self.reconstructed(self.width, self._times[-1]))
        return self._value

    def reconstructed(self, width: float, time: float) -> list[np.ndarray]:
        """The average of a width at a step up to that of the last snapshot, float64."""
        weights = combination(self._times, self._gammas, time, gamma_of(width))
        rows = zip(*self._snapshots, strict=True)
        return [np.asarray(np.tensordot(weights, np.stack(row), axes=1)) for row in rows]
