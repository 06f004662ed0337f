"""What the stochastic methods share: mini-batches, the size of gradients, which point to give."""

import math

import numpy as np

from bench_optimization._checks import above_zero

_DRAWN_AT_ONCE = 1024
_PROBES = 50  # mini-batches at the start, from which the size of gradients is told
OUTPUTS = ("random", "last", "best")


def draws(rng, n, batch):
    """Mini-batches of components without end, int64[min(batch, n)], drawn with replacement."""
    while True:
        yield from rng.integers(n, size=(_DRAWN_AT_ONCE, min(batch, n)))


def gradient_size(oracle, batches, batch):
    """The root of the mean of |g|^2 over mini-batches at the start, and the calls it took.

    At most a twentieth of the calls are used, but one mini-batch at least.
    """
    probes = max(1, min(_PROBES, oracle.calls // (20 * batch)))
    total = 0.0
    for _ in range(probes):
        gradient = oracle.stochastic_gradient(oracle.start, next(batches))
        total += float(gradient @ gradient)
    # Where all gradients drawn are 0, any size does; 1 keeps divisions defined.
    return math.sqrt(total / probes) or 1.0, probes * batch


def check(positive, batch, output=None):
    """Refuse parameters out of range.

    Raises:
        ValueError: says which, and what was expected.
    """
    above_zero(positive)
    if batch < 1:
        raise ValueError(f"batch = {batch}; expected at least 1 component")
    if output is not None and output not in OUTPUTS:
        raise ValueError(f"output = {output!r}; expected one of {', '.join(OUTPUTS)}")


def check_share(name, value):
    """Refuse a share that is not in [0, 1).

    Raises:
        ValueError: says which, and what was expected.
    """
    if not 0.0 <= value < 1.0:
        raise ValueError(f"{name} = {value}; expected a number from 0 to below 1")


class Chosen:
    """The point that counts, of those that come one after the other.

    Attributes:
        point: "random": each of those so far with the same chance, by reservoir; "last": the
            newest; "best": the one with the least measure.
    """

    def __init__(self, output, rng, start):
        self.point = start.copy()
        # A generator of its own, so that what counts changes nothing in the run.
        self._output, self._rng = output, rng.spawn(1)[0]
        self._seen, self._least = 0, math.inf
        self._numbers = np.empty(0)

    def offer(self, point, measure=0.0):
        """Here is the next point, with what is to be least."""
        self._seen += 1
        if self._output == "last" or self._takes(measure):
            self.point[:] = point

    def _takes(self, measure):
        if self._output == "best":
            better = measure < self._least
            self._least = min(measure, self._least)
            return better
        place = self._seen % _DRAWN_AT_ONCE
        if place == 1:
            self._numbers = self._rng.random(_DRAWN_AT_ONCE)
        return self._numbers[place - 1] * self._seen < 1.0
