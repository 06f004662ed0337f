"""Newton-Schulz with coefficients of its own at each step, each the best for what is left.

If all singular values lie within [l, 1], the odd quintic that is nearest to 1 there,
max |1 - p(s)| = e least, takes them into [1 - e, 1 + e]; divided by 1 + e they lie within
[(1 - e) / (1 + e), 1], and the next polynomial is the best for that interval. Such greedy choices
are optimal for the composition of odd polynomials (Chen and Chow 2014; Nakatsukasa and Freund 2016;
Amsel and others 2025). With `least`, the smallest singular value after the division by ||G||_F, as
the first l, it takes as many steps as rounding leaves of use. Smaller singular values end below 1.

The best polynomial equioscillates at l, two inner points and 1, found by Remez' exchange. Two
things keep rounding small. For a tiny l it would take singular values near an inner point back to
about l, where roundings in the matrix drown them; so no polynomial is made for an interval that
begins below 0.02, and smaller values just grow fourfold a step. And it is so steep at 1 that
roundings beyond 1 would grow thirteenfold; so all steps but the last shrink their argument by 64
roundings. Costs per step as Muon's; l = 1e-8 takes 16 steps in double.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._rules.newton_schulz import iteration
from harness.api import Solver

_EXCHANGES = 100  # a few are enough, more where the interval is long
_CUSHION = 0.02  # no interval begins lower
_SHORT = 0.9  # where an interval begins that is short
_POINT = 1e-6  # the length of one on which nothing is better than Taylor's polynomial
_MARGIN = 64  # roundings


@dataclass(frozen=True)
class NewtonSchulzMinimax(Solver):
    """Quintic steps, each the best for the interval that the last one left."""

    problem = "polar_factor"
    growth: ClassVar = {"time": {"n": 3}, "memory": {"n": 2}}
    space: ClassVar = {"least": ("log", 1e-9, 1e-2), "steps": ("integer", 0, 15)}

    least: float = 1e-8  # of the Frobenius norm
    steps: int = 0  # at most; 0: until the interval is no longer than rounding

    def __post_init__(self) -> None:
        above_zero({"least": self.least})
        if self.least >= 1:
            raise ValueError(f"least = {self.least}; expected a number below 1")
        if self.steps < 0 or self.steps != int(self.steps):
            raise ValueError(f"steps = {self.steps}; expected a number of steps, 0 for enough")

    def solve(self, data, rng):
        found = np.empty_like(data.matrix)
        precision = float(np.finfo(found.dtype).eps)
        steps = schedule(self.least, precision, self.steps)
        iteration(found.shape, found.dtype, steps)(data.matrix, found)
        yield found


def schedule(least: float, precision: float, most: int = 0) -> list[tuple[float, float, float]]:
    """The coefficients (a, b, c) of each step, for singular values within [least, 1].

    Args:
        least: where the first interval begins, above 0. precision: where it ends to be of use.
        most: how many steps at most; 0 for as many as are of use.
    """
    found: list[tuple[float, float, float]] = []
    low, last = least, False
    while not last:
        (a, b, c), error = best_quintic(max(low, _CUSHION))
        least_left = min(1 - error, a * low + b * low**3 + c * low**5)
        # The error is less than a tenth of the cube of the interval's length.
        last = (1 - low) ** 3 <= precision or len(found) + 1 == most
        scale = 1.0 if last else 1 + error  # the next interval has to end at 1
        within = 1.0 if last else 1 + _MARGIN * precision
        found.append((a / (scale * within), b / (scale * within**3), c / (scale * within**5)))
        low = least_left / (scale * within)
    return found


def best_quintic(low: float) -> tuple[tuple[float, float, float], float]:
    """The (a, b, c) for which the largest |1 - a s - b s^3 - c s^5| on [low, 1] is least; and that.

    In the basis s T_k(x), where x goes from -1 to 1 as s^2 goes from low^2 to 1, for the powers are
    nearly dependent on a short interval. There Chebyshev's points are as good as exchanged ones.
    """
    if 1 - low < _POINT:
        return (15 / 8, -10 / 8, 3 / 8), (1 - low) ** 3 * 5 / 2
    middle, half = (1 + low**2) / 2, (1 - low) * (1 + low) / 2

    def values(s: np.ndarray) -> np.ndarray:
        x = (s**2 - middle) / half
        return s[:, None] * np.stack([np.ones_like(x), x, 2 * x**2 - 1], axis=1)

    def powers(basis: np.ndarray) -> tuple[float, float, float]:
        one, x, square = (float(value) for value in basis)
        slope, bend = x / half, 2 * square / half**2
        below = bend * middle**2 - slope * middle
        return one - square + below, slope - 2 * bend * middle, bend

    inner, basis = np.array([(3 * low + 1) / 4, (low + 3) / 4]), np.zeros(3)
    for _ in range(_EXCHANGES if low < _SHORT else 1):
        points = np.array([low, *inner, 1.0])
        system = np.column_stack([values(points), [1.0, -1.0, 1.0, -1.0]])
        basis = np.linalg.solve(system, np.ones(4))[:3]
        a, b, c = powers(basis)
        # Where the derivative a + 3 b s^2 + 5 c s^4 is 0, the polynomial is farthest from 1.
        root = math.sqrt(max(9 * b * b - 20 * a * c, 0.0))
        moved = np.sqrt([(-3 * b - root) / (10 * c), (-3 * b + root) / (10 * c)])
        if np.abs(moved - inner).max() <= 1e-14:
            break
        inner = moved
    everywhere = np.concatenate([np.linspace(low, 1, 1001), inner])
    return powers(basis), float(np.abs(1 - values(everywhere) @ basis).max())
