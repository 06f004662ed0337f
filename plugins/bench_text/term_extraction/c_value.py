"""C-value: how often a candidate occurs by itself, and not as a part of a longer one.

log2(|t| + 0.1) (f(t) - mean of f over the candidates in which t is nested), |t| the number of words
(Frantzi, Ananiadou and Mima, Automatic recognition of multi-word terms: the C-value/NC-value
method).

Departs from the paper: 0.1 is added to the length, which would else give 0 to single words, as
programs that also rank these do. One pass over the occurrences, and one over the parts of
candidates.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import c_value
from harness.api import Solver


@dataclass(frozen=True)
class CValue(Solver):
    """Frequency beyond that as a part of longer candidates."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}

    def solve(self, data, rng):
        yield c_value(data)
