"""By the definition, each window given up after its mismatch number k + 1.

A window that is unlike the pattern takes about k s / (s - 1) comparisons for s equally likely
letters, in vectors; one that is like it takes m. O(n m) at worst, which periodic texts come near
to.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._letters import counted
from harness.api import Solver


@dataclass(frozen=True)
class EarlyStop(Solver):
    """Comparisons up to mismatch number k + 1."""

    problem = "hamming_distances_bounded"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "k": 1}, "memory": {"n": 1, "m": 0}}

    def solve(self, data, rng):
        yield counted(data.text, data.pattern, "bounded", data.k)
