"""By the definition: every letter of the pattern against every window.

n m comparisons, many windows side by side: a vector of 16, 32 or 64 bytes holds a window in each
letter, so that narrow letters are faster. Memory O(1) beyond the answer.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._letters import counted
from harness.api import Solver


@dataclass(frozen=True)
class Naive(Solver):
    """All comparisons, in vectors."""

    problem = "hamming_distances"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 1, "alphabet": 0}, "memory": {"n": 1, "m": 0}}

    def solve(self, data, rng):
        yield counted(data.text, data.pattern, "naive")
