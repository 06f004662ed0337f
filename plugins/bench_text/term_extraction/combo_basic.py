"""ComboBasic: Basic, with a bonus for the candidates that are parts of a candidate, too.

|t| log f(t) + alpha e(t) + beta e'(t), e(t) how many candidates t is nested in and e'(t) how many
are nested in t (Astrakhantsev, ATR4S: toolkit with state-of-the-art automatic terms recognition
methods in Scala). beta = 0 makes it Basic.

Linear, and one pass over the parts of candidates.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import combo_basic
from harness.api import Solver


@dataclass(frozen=True)
class ComboBasic(Solver):
    """Basic with bonuses for nesting either way."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}
    space: ClassVar = {"alpha": ("log", 0.05, 10.0), "beta": ("log", 0.01, 10.0)}

    alpha: float = 0.75  # for each longer candidate; the toolkit's
    beta: float = 0.1  # for each shorter one; the toolkit's

    def solve(self, data, rng):
        yield combo_basic(data, self.alpha, self.beta)
