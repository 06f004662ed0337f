"""Phrases: what stands between commas is one token, and documents that have the query's come first.

It knows the form of these texts, and shows that nothing but the choice of tokens separates lexical
methods from a perfect score.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.limit_retrieval._words import counts, ranked
from harness.api import Solver

_BETWEEN = re.compile(r", | and ")


@dataclass(frozen=True)
class Phrases(Solver):
    """Whole attributes as tokens."""

    problem = "limit_retrieval"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}}

    def solve(self, data, rng):
        found, asked = counts(data.documents, data.queries, _things)
        by_phrase = found.T.tocsr()
        yield from ranked(data, lambda some: asked[some] @ by_phrase)


def _things(text):
    return _BETWEEN.split(text.partition(" likes ")[2].rstrip(".?"))
