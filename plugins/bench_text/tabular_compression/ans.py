"""Asymmetric numeral systems of order 0: letters by their frequencies, which are stored first.

One pass counts the letters, a second one writes them; a letter of frequency f out of 2^b makes a
number 2^b / f times as large, so that the whole takes as many bits as the entropy of the counts,
and some for the frequencies, each a multiple of 2^-b (b is 12 to 16, by the number of letters). As
frequencies stay, a decoder looks letters up in a table. O(m n).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.tabular_compression._container import encode
from harness.api import Solver


@dataclass(frozen=True)
class ANS(Solver):
    """One table of frequencies for all."""

    problem = "tabular_compression"
    role = "baseline"
    growth: ClassVar = {"time": {"entries": 1}, "memory": {"entries": 1}}

    def solve(self, data, rng):
        yield encode(data.table, "ans")
