"""Random importance: step 7 of SemRe-Rank with random numbers for words; a control.

What this gains over its base method is what any factor from 1 to 2 would gain. Linear.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import BASES, check_base
from bench_text.term_extraction._revision import revised
from harness.api import Solver


@dataclass(frozen=True)
class RandomImportance(Solver):
    """A base method times 1 + the mean of random numbers of the candidate's words."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}

    base: str = "tf_idf"  # as of semre_rank

    def __post_init__(self):
        check_base(self.base)

    def solve(self, data, rng):
        yield revised(data, BASES[self.base](data), rng.random(data.vocabulary))
