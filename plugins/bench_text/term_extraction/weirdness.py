"""Weirdness: how much more often a candidate occurs here than in general text.

(f / n) / ((b + 1) / B), b occurrences in B words of general text (Ahmad, Gillam and Tostevin,
University of Surrey participation in TREC8: weirdness indexing for logical document extrapolation
and retrieval).

Departs from the paper: 1 is added to b, as terms may not occur there at all. Linear.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import weirdness
from harness.api import Solver


@dataclass(frozen=True)
class Weirdness(Solver):
    """The ratio of frequencies here and in general text."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}

    def solve(self, data, rng):
        yield weirdness(data)
