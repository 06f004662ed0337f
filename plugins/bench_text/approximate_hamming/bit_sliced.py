"""The distances themselves, by bit-sliced counters: what estimates have to beat.

O(n m / w) for words of w bits, whatever the alphabet and epsilon.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._letters import sliced
from harness.api import Solver


@dataclass(frozen=True)
class BitSliced(Solver):
    """A bit for each window and letter; no error."""

    problem = "approximate_hamming"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 1, "inverse_epsilon": 0}, "memory": {"n": 1, "m": 0}}

    def solve(self, data, rng):
        yield sliced(data.text, data.pattern)
