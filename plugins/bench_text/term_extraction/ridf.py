"""Residual IDF: candidates that stand in fewer documents than chance would have them.

log2(D / d) + log2(1 - exp(-f / D)): f words thrown at random on D documents meet
D (1 - exp(-f / D)) of them (Church and Gale, Inverse document frequency: a measure of deviations
from Poisson).

Strong where what is no term is spread evenly, as in generated corpora. Linear.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import ridf
from harness.api import Solver


@dataclass(frozen=True)
class RIDF(Solver):
    """IDF beyond that of a Poisson law."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}

    def solve(self, data, rng):
        yield ridf(data)
