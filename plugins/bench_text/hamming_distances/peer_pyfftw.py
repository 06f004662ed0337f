"""A Fourier transform for each letter by FFTW, through pyFFTW.

The same blocks and sums as with scipy's transforms, so that only the transforms are compared. Plans
are estimated, not measured, which would take longer than the transforms; the first of a process are
made on the clock. One thread.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._letters import numbered
from bench_text.hamming_distances._transforms import matches
from harness.api import Solver


@dataclass(frozen=True)
class PeerPyFFTW(Solver):
    """Correlations of all letters by FFTW."""

    problem = "hamming_distances"
    role = "peer"
    requires = ("pyfftw",)
    growth: ClassVar = {"time": {"n": 1, "m": 0, "alphabet": 1}}

    def solve(self, data, rng):
        import pyfftw.interfaces
        import scipy.fft  # noqa: F401  # loaded before the clock starts

        pyfftw.interfaces.cache.enable()
        text, pattern, s = numbered(data.text, data.pattern)
        found = matches(text, pattern, range(s), s, transforms=pyfftw.interfaces.numpy_fft)
        pyfftw.interfaces.cache.disable()
        yield len(pattern) - found
