"""What the methods share: the scale of a problem at its start, mini-batches, checks.

How long steps should be depends on the unit of x and of f. Where a solver is not told, it measures
two numbers at the start: |g|, and L, the curvature there, by three power iterations on differences
of gradients. Then 1 / L is gradient descent's safe step, and |g| / L the length of its first one,
which for functions that grow like a power is a fixed share of the way to the minimum.
"""

import math
from dataclasses import dataclass

import numpy as np

from bench_optimization._checks import above_zero

_DRAWN_AT_ONCE = 1024
_ITERATIONS = 3
_OFFSET = 1e-6  # relative, of the points whose gradients are subtracted
_SAMPLE = 256  # components, from which stochastic methods tell the scale


@dataclass(frozen=True)
class Scale:
    """The size of the gradient at the start, the curvature there, and the calls they took."""

    gradient: float
    curvature: float
    calls: int

    @property
    def length(self):
        """Of the first step of gradient descent with the step 1 / curvature."""
        return self.gradient / self.curvature


def scale_of(oracle, rng=None):
    """The scale at the start; 4 gradients of all components, or of at most 256 drawn by `rng`."""
    if rng is None:
        gradient_at, each = oracle.gradient, oracle.n
    else:
        each = min(_SAMPLE, oracle.n)
        drawn = rng.choice(oracle.n, each, replace=False)

        def gradient_at(x):
            return oracle.stochastic_gradient(x, drawn)

    x = oracle.start
    first = gradient_at(x)
    size = float(np.linalg.norm(first))
    if not size > 0.0:
        return Scale(1.0, 1.0, each)
    offset = _OFFSET * (1.0 + float(np.linalg.norm(x)))
    direction, curvature, calls = first / size, 0.0, each
    for _ in range(_ITERATIONS):
        calls += each
        change = (gradient_at(x + offset * direction) - first) / offset
        found = float(np.linalg.norm(change))
        if not found > 0.0:
            break
        direction, curvature = change / found, max(curvature, found)
    return Scale(size, curvature or 1.0, calls)


def draws(rng, n, batch):
    """Mini-batches of components without end, int64[min(batch, n)], drawn with replacement."""
    while True:
        yield from rng.integers(n, size=(_DRAWN_AT_ONCE, min(batch, n)))


def norm(vector):
    """Its length; of short vectors faster than numpy.linalg.norm."""
    return math.sqrt(vector @ vector)


def check(positive, given=(), batch=1):
    """Refuse parameters out of range.

    Args:
        positive: by name, what must be above 0. given: by name, what may be 0 as well, which
            stands for a choice by the scale of the problem. batch: at least 1.

    Raises:
        ValueError: says which, and what was expected.
    """
    above_zero({**positive, **{name: value for name, value in dict(given).items() if value != 0}})
    if batch < 1:
        raise ValueError(f"batch = {batch}; expected at least 1 component")


def check_share(name, value):
    """Refuse a share that is not in [0, 1).

    Raises:
        ValueError: says which, and what was expected.
    """
    if not 0.0 <= value < 1.0:
        raise ValueError(f"{name} = {value}; expected a number from 0 to below 1")
