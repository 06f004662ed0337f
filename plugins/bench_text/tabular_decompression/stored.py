"""No compression: letters of 1, 2, 4, 8 or 16 bits, side by side. The floor of the time.

A table of the letters in each of the 256 bytes unpacks the small ones. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_decompression import _decoding
from harness.api import Solver


@dataclass(frozen=True)
class Stored(Solver):
    """Letters as they are."""

    problem = "tabular_decompression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    def solve(self, data, rng):
        yield _decoding.decoded(data, "stored", "rows")
