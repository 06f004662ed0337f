"""Latent semantic analysis: TF-IDF in its leading singular vectors, one dense vector a text.

The vectors of `dim` entries that fit the documents best stand for what trained embeddings are:
fitted to a corpus, of a low rank. The singular vectors come from the words' products with each
other, by Lanczos' method where they are few, else by a decomposition in O(words^3); n dim
multiplications a query.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.limit_retrieval._words import counts, ranked, tf_idf, unit
from harness.api import Solver


@dataclass(frozen=True)
class LatentSemantic(Solver):
    """Dense embeddings by truncated SVD."""

    problem = "limit_retrieval"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    dim: int = 32  # entries of a vector

    def __post_init__(self):
        if self.dim < 1:
            raise ValueError(f"dim is {self.dim}, expected 1 or more")

    def solve(self, data, rng):
        found, asked = counts(data.documents, data.queries)
        frequency = np.bincount(found.indices, minlength=found.shape[1])
        found, asked = (tf_idf(part, frequency, found.shape[0]) for part in (found, asked))
        vectors = _leading(found, min(self.dim, found.shape[1]), rng)
        texts, queries = unit(found @ vectors), unit(asked @ vectors)
        yield from ranked(data, lambda some: queries[some] @ texts.T)


def _leading(found, dim, rng):
    """Leading right singular vectors of a sparse matrix, float32[words, dim]."""
    from scipy.linalg import eigh
    from scipy.sparse.linalg import eigsh

    products, words = (found.T @ found).astype(np.float64), found.shape[1]
    if 8 * dim < words:
        vectors = eigsh(products, dim, v0=rng.normal(size=words))[1]
    else:
        vectors = eigh(products.toarray(), subset_by_index=(words - dim, words - 1))[1]
    return vectors.astype(np.float32)
