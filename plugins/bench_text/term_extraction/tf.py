"""Term frequency: the more often a candidate occurs, the more of a term.

One pass over the occurrences. By this rule the candidates to be checked were chosen, too.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import tf
from harness.api import Solver


@dataclass(frozen=True)
class TF(Solver):
    """How often a candidate occurs in all documents."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}

    def solve(self, data, rng):
        yield tf(data)
