"""All distances by bit-sliced counters, then cut off at k + 1.

O(n m / w) for words of w bits, whatever k and the text: the floor for methods that make use of k.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.hamming_distances._letters import sliced
from harness.api import Solver


@dataclass(frozen=True)
class BitSliced(Solver):
    """A bit for each window and letter; no use is made of k."""

    problem = "hamming_distances_bounded"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 1, "k": 0}, "memory": {"n": 1, "m": 0}}

    def solve(self, data, rng):
        distances = sliced(data.text, data.pattern)
        yield np.minimum(distances, data.k + 1, out=distances)
