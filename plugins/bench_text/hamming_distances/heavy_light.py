"""Heavy and light letters: Abrahamson's split, with one inverse transform for all heavy letters.

A letter that occurs B times or more in the pattern is heavy, and there are at most m / B of them:
their matches are correlations by Fourier transforms, summed in the frequency domain, so that each
block of the text takes one transform for each heavy letter and one inverse. A light letter's places
in the pattern are listed, and each occurrence in the text adds a match to at most B windows. The
cost is

    n B  +  (m / B) n log m,    least at B = sqrt(m log2 m),    O(n sqrt(m log m)).

B is `balance` times that, as a match one by one is cheaper than a step of a transform. Memory O(n +
m).

Departs from the paper: this is the skeleton, of 1987, that it improves on. Its own exact results,
in O(n sqrt m) expected time and deterministic in O(n sqrt m (log m log log m)^(1/4)), are about the
factor sqrt(log m), which is 3 to 4 for any m that fits into memory. In the place of transforms for
letters near the threshold they have hashing, recursion, and bit-packed transforms for sums X + Y of
sets in a universe of about the square of their size. No implementation is known; each of these
tools costs a constant factor that we expect to be larger than what is to be won, as a word of 64
bits holds only a few packed numbers. So they are not here, nor is its O(n + n k / sqrt m) for
distances up to k, which rests on them. Its approximation within 1 + epsilon in about n /
epsilon^0.93 multiplies rectangular matrices by methods that win at no size that can be run.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.hamming_distances._letters import numbered
from bench_text.hamming_distances._split import subtract_light
from bench_text.hamming_distances._transforms import matches
from harness.api import Solver


@dataclass(frozen=True)
class HeavyLight(Solver):
    """Transforms for frequent letters, lists of places for rare ones."""

    problem = "hamming_distances"
    papers = ("faster-algorithms-text-pattern-hamming",)
    role = "paper"
    growth: ClassVar = {"time": {"n": 1, "m": 0.5, "alphabet": 0}, "memory": {"n": 1}}
    space: ClassVar = {"balance": ("log", 0.1, 100.0)}

    # Of sqrt(m log2 m); from there on a letter is heavy. 1.5 was the fastest of 1/4 to 32, by the
    # geometric mean over the suite `tuning`.
    balance: float = 1.5

    def __post_init__(self):
        if not self.balance >= 0:  # NaN too
            raise ValueError(f"balance is {self.balance}, expected 0 (all heavy) or more")

    def solve(self, data, rng):
        text, pattern, s = numbered(data.text, data.pattern)
        n, m = len(text), len(pattern)
        counts = np.bincount(pattern, minlength=s)
        heavy = counts >= self.balance * math.sqrt(m * math.log2(max(m, 2)))
        out = np.full(n - m + 1, m, np.int32)
        if heavy.any():
            out -= matches(text, pattern, np.flatnonzero(heavy).tolist(), absent=s)
        if not heavy.all():
            subtract_light(text, pattern, ~heavy, out)
        yield out
