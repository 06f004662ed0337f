"""Mean pooling: the mean of a document's tokens stands for it, and is multiplied by the query's.

n d multiplications a query and 4 n d bytes. It estimates the mean inner product of all pairs of
tokens, not the sum of the largest. The best candidates are compared exactly.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_retrieval.multi_vector_search._corpus import Corpus, answers, at_least
from harness.api import Solver


@dataclass(frozen=True)
class MeanPooling(Solver):
    """Candidates by the mean of the tokens."""

    problem = "multi_vector_search"
    role = "baseline"
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    candidates: int = 100  # compared exactly
    rerank: bool = True  # False: answers with the candidates as they are

    def __post_init__(self):
        at_least(1, candidates=self.candidates)

    def solve(self, data, rng):
        corpus = Corpus(data)
        index = corpus.means()
        yield from answers(
            corpus, data, lambda query: index @ query.mean(axis=0), self.candidates, self.rerank
        )
