"""Random projection: TF-IDF times random signs, one dense vector a text that is fitted to nothing.

Inner products of vectors of `dim` entries are those of the words' vectors up to about 1 /
sqrt(dim), whatever pairs are asked for. n dim multiplications a query and 4 n dim bytes.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.limit_retrieval._words import counts, ranked, tf_idf
from harness.api import Solver


@dataclass(frozen=True)
class RandomProjection(Solver):
    """Dense embeddings by hashing."""

    problem = "limit_retrieval"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    dim: int = 1024  # entries of a vector

    def __post_init__(self):
        if self.dim < 1:
            raise ValueError(f"dim is {self.dim}, expected 1 or more")

    def solve(self, data, rng):
        found, asked = counts(data.documents, data.queries)
        frequency = np.bincount(found.indices, minlength=found.shape[1])
        n, words = found.shape
        signs = rng.choice(np.array([-1, 1], np.float32), size=(words, self.dim))
        texts, queries = (tf_idf(part, frequency, n) @ signs for part in (found, asked))
        yield from ranked(data, lambda some: queries[some] @ texts.T)
