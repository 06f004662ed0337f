"""Random items: as many as may be compared. Recall is calls / n; a floor for all other methods."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.expensive_similarity_search._answers import row_by_row
from harness.api import Solver


@dataclass(frozen=True)
class RandomItems(Solver):
    """The best of a random sample."""

    problem = "expensive_similarity_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    def solve(self, data, rng):
        nothing = np.zeros(data.n)

        def search(query):
            items = rng.permutation(data.n)[: data.calls]
            return items, data.similarities(query, items), nothing

        yield from row_by_row(data, search)
