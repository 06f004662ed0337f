"""Seed similarity: a base method, raised for candidates whose words are like a seed word.

A word is worth its largest cosine with a word of a confirmed term, 0 where that is negative (and 1
if it is one): base (1 + mean worth of the candidate's words). It uses the labels and the vectors of
SemRe-Rank, without graphs and PageRank; without a confirmed term it is the base method. Time
|W| S d, for S seed words and the |W| words of candidates with vectors of d numbers.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.term_extraction._bases import BASES, check_base
from bench_text.term_extraction._revision import revised, seed_words
from harness.api import Solver


@dataclass(frozen=True)
class SeedSimilarity(Solver):
    """A base method times 1 + the mean cosine of the candidate's words with their nearest seed."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}
    space: ClassVar = {
        "base": ("choice", "tf", "tf_idf", "c_value", "ridf", "weirdness", "basic", "combo_basic"),
    }

    base: str = "tf_idf"  # as of semre_rank

    def __post_init__(self):
        check_base(self.base)

    def solve(self, data, rng):
        base = BASES[self.base](data)
        is_seed = seed_words(data)
        worth = is_seed.astype(np.float64)
        if is_seed.any():
            words = np.unique(data.candidate_words)
            vectors = np.asarray(data.vectors)
            seeds = vectors[is_seed].T
            for part in np.array_split(words, 1 + len(words) // 1000):
                nearest = (vectors[part] @ seeds).max(axis=1)
                worth[part] = np.clip(nearest, worth[part], 1.0)
                yield base
        yield revised(data, base, worth)
