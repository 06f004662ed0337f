"""BM25: words that documents and query share, weighted by how rare they are.

A word that occurs f times in a document of |D| words adds idf f / (f + k1 (1 - b + b |D| / mean))
with idf = ln(1 + (n - m + 0.5) / (m + 0.5)) for a word that m of n documents have (Lucene's form).
As many additions as the query's words have occurrences.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.limit_retrieval._words import counts, ranked
from harness.api import Solver


@dataclass(frozen=True)
class BM25(Solver):
    """Sparse lexical scores."""

    problem = "limit_retrieval"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    k1: float = 1.5  # how soon a further occurrence adds nothing
    b: float = 0.75  # how much longer documents are discounted, 0 to 1

    def __post_init__(self):
        if not self.k1 >= 0 or not 0 <= self.b <= 1:
            raise ValueError(f"k1 is {self.k1}, b is {self.b}; expected 0 or above, and 0 to 1")

    def solve(self, data, rng):
        found, asked = counts(data.documents, data.queries)
        n = len(data.documents)
        frequency = np.bincount(found.indices, minlength=found.shape[1])
        idf = np.log(1 + (n - frequency + 0.5) / (frequency + 0.5))
        lengths = found.sum(axis=1)
        norm = self.k1 * (1 - self.b + self.b * lengths / max(lengths.mean(), 1e-300))
        row = np.repeat(np.arange(n), np.diff(found.indptr))
        found.data = idf[found.indices] * found.data / (found.data + norm[row])
        by_word = found.T.tocsr()
        yield from ranked(data, lambda some: asked[some] @ by_word)
