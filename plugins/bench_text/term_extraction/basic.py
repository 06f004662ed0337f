"""Basic: long, frequent candidates, and those that longer ones are made of.

|t| log f(t) + alpha e(t), |t| the number of words and e(t) how many candidates t is nested in,
unless it has a single word (Bordea, Buitelaar and Polajnar, Domain-independent term extraction
through domain modelling).

Linear, and one pass over the parts of candidates.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import basic
from harness.api import Solver


@dataclass(frozen=True)
class Basic(Solver):
    """Length times the logarithm of frequency, and a bonus for nesting."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}
    space: ClassVar = {"alpha": ("log", 0.05, 10.0)}

    alpha: float = 0.72  # for each longer candidate; the first paper has 3.5, later ones this

    def solve(self, data, rng):
        yield basic(data, self.alpha)
