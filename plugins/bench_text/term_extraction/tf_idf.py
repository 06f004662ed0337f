"""TF-IDF of the whole corpus: f log(D / d), f occurrences in d of D documents.

Frequent, but not everywhere. One pass over the occurrences.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import tf_idf
from harness.api import Solver


@dataclass(frozen=True)
class TFIDF(Solver):
    """Frequency times the logarithm of rarity among documents."""

    problem = "term_extraction"
    role = "baseline"
    growth: ClassVar = {"time": {"documents": 1}}

    def solve(self, data, rng):
        yield tf_idf(data)
