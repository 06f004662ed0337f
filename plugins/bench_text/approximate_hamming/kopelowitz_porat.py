"""Kopelowitz and Porat: exact distances after the letters were put into a few bins.

A random map h puts each letter of the alphabet into one of b = ceil(2 / epsilon) bins. The
distances X of h(text) and h(pattern) are exact, a transform for each bin. A letter that differs may
fall into the same bin, with probability 1 / b, and one that agrees always does, so that

    X[i] <= H[i],    E[H[i] - X[i]] = H[i] / b <= epsilon H[i] / 2,

and by Markov's inequality a round falls below (1 - epsilon) H[i] with a probability below 1/2. Of
all rounds the largest X counts: r of them leave a window too low with a probability below 2^-r.
With r = 2 log2 n it is below 1 / n for all windows together. O(n / epsilon log n log m).

Departs from the paper, which we know from its bound and from memory: the largest X is not raised by
1 + epsilon / 2, so that no estimate is ever too high, and the rounds are 2 log2 n unless it is
said.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.approximate_hamming._maps import all_numbered
from bench_text.hamming_distances._letters import counted, fitting
from bench_text.hamming_distances._transforms import matches
from harness.api import Solver


@dataclass(frozen=True)
class KopelowitzPorat(Solver):
    """The largest of distances between random images."""

    problem = "approximate_hamming"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 0, "inverse_epsilon": 1}, "memory": {"n": 1}}

    rounds: int = 0  # random maps; 0: 2 log2 n
    counting: str = "transforms"  # or bits: the bit-sliced count, O(n m / w) whatever the bins

    def __post_init__(self):
        if self.rounds < 0:
            raise ValueError(f"rounds is {self.rounds}, expected at least 1, or 0 for 2 log2 n")
        if self.counting not in ("transforms", "bits"):
            raise ValueError(f"counting is {self.counting!r}, expected 'transforms' or 'bits'")

    def solve(self, data, rng):
        text, pattern, s = all_numbered(data.text, data.pattern)
        m = len(pattern)
        bins = math.ceil(2 / data.epsilon)
        best = np.zeros(len(text) - m + 1, np.int32)
        for _ in range(self.rounds or 2 * math.ceil(math.log2(max(2, len(text))))):
            into = rng.integers(bins, size=s).astype(fitting(bins))
            ours, theirs = into[text], into[pattern]
            if self.counting == "bits":
                found = counted(ours, theirs, "sliced", bins)
            else:
                found = m - matches(ours, theirs, np.unique(theirs).tolist(), absent=bins)
            np.maximum(best, found, out=best)
            yield best
