"""Seed words: a base method, raised for candidates that share words with confirmed terms.

base (1 + weight times the share of the candidate's words that are in a confirmed term): step 7 of
SemRe-Rank where only seeds have an importance. It uses the same labels, and no vectors and no
graphs; what SemRe-Rank gains beyond it is what these are good for. Linear.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import BASES, check_base
from bench_text.term_extraction._revision import revised, seed_words
from harness.api import Solver


@dataclass(frozen=True)
class SeedWords(Solver):
    """A base method with a bonus for words of confirmed terms."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}
    space: ClassVar = {
        "base": ("choice", "tf", "tf_idf", "c_value", "ridf", "weirdness", "basic", "combo_basic"),
        "weight": ("log", 0.1, 10.0),
    }

    base: str = "tf_idf"  # as of semre_rank
    weight: float = 1.0  # at most doubles a score, as SemRe-Rank does

    def __post_init__(self):
        check_base(self.base)
        if self.weight < 0:
            raise ValueError(f"weight is {self.weight}, expected 0 or more")

    def solve(self, data, rng):
        yield revised(data, BASES[self.base](data), self.weight * seed_words(data))
