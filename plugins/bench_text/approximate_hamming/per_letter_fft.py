"""The distances themselves, a Fourier transform for each letter.

O(s n log m) for s letters: what fewer bins than letters are to save.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._letters import numbered
from bench_text.hamming_distances._transforms import matches
from harness.api import Solver


@dataclass(frozen=True)
class PerLetterFFT(Solver):
    """Correlations of all letters; no error."""

    problem = "approximate_hamming"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 0, "alphabet": 1, "inverse_epsilon": 0}}

    def solve(self, data, rng):
        text, pattern, s = numbered(data.text, data.pattern)
        yield len(pattern) - matches(text, pattern, range(s), absent=s)
