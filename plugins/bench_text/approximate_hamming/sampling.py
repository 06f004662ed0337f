"""Mismatches at some places of the pattern, drawn at random, in proportion to all of them.

After s of m places the estimate m / s times the mismatches is unbiased, with a relative variance of
about m / (s H): good where windows differ in many places, and useless where they differ in a few.
O(n s); all m places give the distances themselves.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Sampling(Solver):
    """Random places of the pattern, one after the other."""

    problem = "approximate_hamming"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 1}, "memory": {"n": 1, "m": 0}}

    share: float = 1.0  # of the places, after which it ends

    def __post_init__(self):
        if not 0 < self.share <= 1:
            raise ValueError(f"share is {self.share}, expected more than 0 and at most 1")

    def solve(self, data, rng):
        text, pattern = data.text, data.pattern
        n, m = len(text), len(pattern)
        found = np.zeros(n - m + 1, np.int32)
        last, shown = max(1, round(self.share * m)), 1
        for number, j in enumerate(rng.permutation(m)[:last].tolist(), 1):
            found += text[j : j + n - m + 1] != pattern[j]
            if number in (shown, last):
                yield found * (m / number) if number < m else found
                shown *= 2
