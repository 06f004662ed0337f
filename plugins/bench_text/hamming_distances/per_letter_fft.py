"""A Fourier transform for each letter: scipy's, in double precision.

The matches of a letter are the correlation of two arrays of 0 and 1. All letters of the pattern are
summed in the frequency domain, so that each block of the text, about 4 m letters, takes one
transform for each letter and one inverse. O(s n log m) for s letters; memory O(n + s m), or O(n)
where the transforms of the pattern's letters are too large to be kept.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._letters import numbered
from bench_text.hamming_distances._transforms import matches
from harness.api import Solver


@dataclass(frozen=True)
class PerLetterFFT(Solver):
    """Correlations of all letters by scipy.fft."""

    problem = "hamming_distances"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 0, "alphabet": 1}}

    def solve(self, data, rng):
        text, pattern, s = numbered(data.text, data.pattern)
        yield len(pattern) - matches(text, pattern, range(s), absent=s)
