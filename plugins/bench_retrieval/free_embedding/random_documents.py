"""Random documents, and for each set the sum of its documents as a query; a floor."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.free_embedding.problem import sets_of
from harness.api import Solver


@dataclass(frozen=True)
class RandomDocuments(Solver):
    """Random unit vectors."""

    problem = "free_embedding"
    role = "baseline"
    growth: ClassVar = {"time": {"sets": 1}, "memory": {"sets": 1}}

    def solve(self, data, rng):
        documents = rng.normal(size=(data.n, data.dim))
        documents /= np.linalg.norm(documents, axis=1, keepdims=True)
        queries = documents[sets_of(data.n, data.k)].sum(axis=1)
        queries[~queries.any(axis=1), 0] = 1  # opposite ones, on a line
        yield [documents, queries]
