"""The places of each letter in the pattern: the light half of heavy/light, for all letters.

Each letter of the text adds a match to the windows in which it meets its like: text[u] = p[j] is a
match of window u - j. That are n c matches, c being the mean number of places of a letter of the
text: n m / s for s letters that are equally likely, so almost linear for large alphabets, and
slower than the definition for small ones. Memory O(m) beyond the answer.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.hamming_distances._letters import numbered
from bench_text.hamming_distances._split import subtract_light
from harness.api import Solver


@dataclass(frozen=True)
class LetterPositions(Solver):
    """Matches one by one."""

    problem = "hamming_distances"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 1, "alphabet": -1}, "memory": {"n": 1}}

    def solve(self, data, rng):
        text, pattern, s = numbered(data.text, data.pattern)
        n, m = len(text), len(pattern)
        out = np.full(n - m + 1, m, np.int32)
        subtract_light(text, pattern, np.ones(s, bool), out)
        yield out
