"""Asymmetric numeral systems of order 0: letters from a table of all 2^b places, b being 12 to 16.

The lowest b bits of a number are a place in a table, which holds the letter and what the number
becomes without it: no division, and no branch that depends on the letter. Four numbers take turns,
so that four letters are looked up at once. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class ANS(Solver):
    """One table of frequencies for all."""

    problem = "tabular_decompression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    def solve(self, data, rng):
        yield _decoding.decoded(data, "ans", "table")
