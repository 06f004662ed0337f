"""By the definition, one comparison after the other.

n m steps of a processor without vectors: what the theory counts as the cost of the naive method.
Memory O(1) beyond the answer.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.hamming_distances._letters import counted
from harness.api import Solver


@dataclass(frozen=True)
class NaiveScalar(Solver):
    """All comparisons, one by one."""

    problem = "hamming_distances"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1, "m": 1, "alphabet": 0}, "memory": {"n": 1, "m": 0}}

    def solve(self, data, rng):
        yield counted(data.text, data.pattern, "scalar")
