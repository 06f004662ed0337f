"""scipy.signal.fftconvolve, called for each letter: one transform of the whole text.

O(s n log n) for s letters at most, three transforms for each. The counts are rounded, and held to
be near whole numbers.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._peers import by_convolution
from harness.api import Solver


@dataclass(frozen=True)
class PeerFFTConvolve(Solver):
    """scipy.signal.fftconvolve for each letter."""

    problem = "hamming_distances"
    role = "peer"
    growth: ClassVar = {"time": {"n": 1, "m": 0, "alphabet": 1}}

    def solve(self, data, rng):
        from scipy.signal import fftconvolve

        yield by_convolution(data.text, data.pattern, fftconvolve)
