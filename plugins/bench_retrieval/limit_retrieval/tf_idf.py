"""TF-IDF: cosines of vectors of weighted word counts; a lexical method without saturation."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.limit_retrieval._words import counts, ranked, tf_idf
from harness.api import Solver


@dataclass(frozen=True)
class TfIdf(Solver):
    """Cosines in the space of words."""

    problem = "limit_retrieval"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    def solve(self, data, rng):
        found, asked = counts(data.documents, data.queries)
        frequency = np.bincount(found.indices, minlength=found.shape[1])
        by_word = tf_idf(found, frequency, found.shape[0]).T.tocsr()
        asked = tf_idf(asked, frequency, found.shape[0])
        yield from ranked(data, lambda some: asked[some] @ by_word)
