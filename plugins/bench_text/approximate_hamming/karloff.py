"""Karloff: a random bit for each letter, twice the distances of the bits, on average.

Letters that differ get different bits with probability 1/2, so that 2 X[i] is an unbiased estimate
of H[i], of relative variance up to 1, as two letters may account for all mismatches. With bits as
-1 and +1 it is m less the correlation of text and pattern, one transform of each, whatever the
alphabet. The mean of r rounds is off by about 1 / sqrt(r): O(log n / epsilon^2) rounds, O(n log n
log m / epsilon^2).

Departs from the paper (1993): its maps are independent bits, drawn, instead of a code whose words
have about half of their bits in common, so that the guarantee is one of probability. The mean is
taken in the frequency domain, `together` rounds at a time.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.approximate_hamming._maps import all_numbered
from bench_text.hamming_distances._transforms import correlation, whole
from harness.api import Solver


@dataclass(frozen=True)
class Karloff(Solver):
    """The mean of distances between random bits."""

    problem = "approximate_hamming"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 0, "inverse_epsilon": 2}, "memory": {"n": 1}}

    rounds: int = 0  # random bits of each letter; 0: ln n / epsilon^2
    together: int = 16  # rounds that share an inverse transform

    def __post_init__(self):
        if self.rounds < 0:
            raise ValueError(
                f"rounds is {self.rounds}, expected at least 1, or 0 for ln n / epsilon^2"
            )
        if self.together < 1:
            raise ValueError(f"together is {self.together}, expected at least 1")

    def solve(self, data, rng):
        text, pattern, s = all_numbered(data.text, data.pattern)
        n, m = len(text), len(pattern)
        rounds = self.rounds or math.ceil(math.log(max(2, n)) / data.epsilon**2)
        agreed = np.zeros(n - m + 1, np.int64)  # places with equal bits less those with unequal
        for done in range(0, rounds, self.together):
            count = min(self.together, rounds - done)
            signs = rng.choice([-1.0, 1.0], size=(count, s))
            values = [row.__getitem__ for row in signs]
            agreed += whole(correlation(text, pattern, values, fill=0))
            yield np.clip(m - agreed / (done + count), 0, m)
