"""Multi-vector search: the k documents whose tokens match those of a query best.

Documents and queries are sets of vectors, tokens, as late-interaction models such as ColBERT make
them. The similarity of a query Q to a document P is Chamfer's, the sum over the tokens q of Q of
the largest inner product of q with a token of P. It is exact search among all documents that costs
n |Q| |P| d multiplications a query; whoever answers sooner ranks the documents by something
cheaper, and compares a few candidates exactly.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from bench_retrieval._rankings import depth, of_query, places, ranking_of
from bench_retrieval.multi_vector_search import _families
from bench_retrieval.multi_vector_search._checks import checked
from bench_retrieval.multi_vector_search._families import Sets
from bench_retrieval.multi_vector_search._truth import similarities, truths
from harness.api import Case, Events, Instance, InvalidAnswer, Meter, Problem, Symmetry

_SHARES = (80, 90, 95)


class Queries(Events):
    """Queries one after the other, float32[|Q|, d] each, and the corpus.

    Attributes:
        tokens: float32[t, d], those of all documents.
        offsets: int64[n + 1]; document i has the tokens offsets[i]:offsets[i + 1], one at least.
        k: how many documents are asked for.
    """

    def __init__(self, data, meter: Meter) -> None:
        super().__init__(_sets(data.queries, data.query_offsets), meter)
        self.tokens, self.offsets, self.k = data.tokens, data.offsets, data.k


def _sets(tokens: np.ndarray, offsets: np.ndarray) -> Iterator[np.ndarray]:
    return (tokens[a:b] for a, b in pairwise(offsets))


class MultiVectorSearch(Problem):
    """Find the k documents with the largest Chamfer similarity to each query.

    `events` holds `tokens`, `offsets` and `k`; each event is a query, float32[|Q|, d]. A decision
    is an array of k different documents or more, best first, of which the first k count. A query
    that is not answered has found none. Where rankings are longer, `candidates_90` and the like
    tell how many documents of each must be looked at to have seen that share of all that are right.
    """

    title = "Multi-vector search"
    kind = "online"
    cost_name = "1 - recall at k"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "topics": {
            "n": 2000,
            "k": 10,
            "queries": 50,
            "dim": 128,
            "tokens": 50,
            "query_tokens": 32,
            "doc_noise": 0.2,
            "query_noise": 0.3,
            "mean": 0.0,
        },
        "isotropic": {
            "n": 2000,
            "k": 10,
            "queries": 50,
            "dim": 128,
            "tokens": 50,
            "query_tokens": 32,
            "matches": 8,
            "query_noise": 0.3,
        },
        "digits": {"n": 1597, "k": 10, "queries": 200, "place": 0.2},
        "grid": {"n": 200, "k": 10, "queries": 20, "dim": 3, "tokens": 3, "query_tokens": 2},
        "file": {"path": "", "k": 10},
    }
    suites: ClassVar = {
        "smoke": [
            "topics[n=200,queries=10,dim=32,tokens=20,query_tokens=8]",
            "digits[n=300,queries=10]",
        ],
        "standard": [
            "topics",
            "topics[doc_noise=0.5,query_noise=0.5]",
            "topics[mean=1.0]",
            "isotropic",
            "digits",
            "topics[n=4000,queries=25]",
        ],
        "large": [
            "topics[n=10000,queries=25]",
            "topics[n=30000,queries=10]",
            "topics[n=100000,queries=10]",
        ],
        "growth": [f"topics[n={500 << step},queries=20]" for step in range(6)],
        "tuning": [
            "topics[n=1500,draw=1]",
            "topics[n=1500,doc_noise=0.4,query_noise=0.4,draw=1]",
            "isotropic[n=1500,draw=1]",
        ],
        "edge": [
            "topics[n=1,k=1,queries=1,dim=1,tokens=1,query_tokens=1]",
            "topics[n=7,k=7,queries=3,dim=5,tokens=1,query_tokens=33]",
            "isotropic[n=30,k=3,queries=4,dim=2,tokens=3,query_tokens=2]",
            "grid[n=40,k=5,queries=6,dim=2]",
            "grid[n=25,k=3,queries=4,dim=4,tokens=6,query_tokens=40]",
            "grid[n=400,k=5,queries=4,dim=2,tokens=1]",
            "digits[n=40,k=4,queries=3]",
        ],
    }
    starter = """\
# data: the queries, one after the other, and the corpus: data.tokens float32[t, d],
# data.offsets int64[n + 1] (document i has the tokens offsets[i]:offsets[i + 1]), data.k
# answer to each query float32[|Q|, d]: an array of k different documents, best first
for query in data:
    products = data.tokens @ query.T
    similarity = np.maximum.reduceat(products, data.offsets[:-1], axis=0).sum(axis=1)
    yield np.argsort(-similarity, kind="stable")[: data.k]
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        corpus, queries = getattr(_families, case.family)(case, rng)
        corpus, queries = checked(corpus, queries, case.k)
        k = int(case.k)
        return Instance(
            data={
                "tokens": corpus.tokens,
                "offsets": corpus.offsets,
                "k": k,
                "queries": queries.tokens,
                "query_offsets": queries.offsets,
            },
            truth=truths(corpus, queries, k),
            sizes={
                "n": len(corpus),
                "tokens": len(corpus.tokens),
                "dim": corpus.tokens.shape[1],
                "query_tokens": len(queries.tokens) / len(queries),
                "k": k,
            },
            optimum=0.0,
        )

    def open(self, data, meter: Meter) -> Queries:
        return Queries(data, meter)

    def score(self, instance: Instance, answer: Any) -> tuple[float, dict[str, float]]:
        k, n = instance.data["k"], len(instance.data["offsets"]) - 1
        number = len(instance.data["query_offsets"]) - 1
        if len(answer) > number:
            raise InvalidAnswer(
                f"there are {len(answer)} answers, expected one for each of {number} queries"
            )
        found, first, shortest = [], 0, n
        for query, one in enumerate(answer):
            ranking = ranking_of(one, n, k, f"query {query}")
            right = of_query(instance.truth, query)
            found.append(places(right, k, ranking))
            first += len(places(right, 1, ranking[:1]))
            shortest = min(shortest, len(ranking))
        there = np.concatenate([*found, np.empty(0, np.int64)])
        cost = 1 - np.count_nonzero(there < k) / (number * k)
        scores = {"recall": 1 - cost, "recall_at_1": first / number}
        scores["answered"] = len(found) / number
        if shortest > k:
            for share in _SHARES:
                needed = depth(there, number * k, share / 100)
                if needed is not None:
                    scores[f"candidates_{share}"] = needed
        return cost, scores

    def normal(self, instance: Instance, answer: Any) -> list[np.ndarray]:
        """The first k of each ranking, as a set."""
        return [np.sort(np.asarray(one)[: instance.data["k"]]) for one in answer]

    def exact(self, instance: Instance) -> float | None:
        """The cost of the answers that go by the definition, in double, token by token."""
        data = instance.data
        corpus = Sets(data["tokens"], data["offsets"])
        if len(corpus.tokens) * len(data["queries"]) > 1_000_000:
            return None
        answers = []
        for query in _sets(data["queries"], data["query_offsets"]):
            found = similarities(query, corpus, np.arange(len(corpus)))
            answers.append(np.argsort(-found, kind="stable")[: data["k"]])
        return self.score(instance, answers)[0]

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = instance.data
        plain = {name: data[name] for name in data}
        truth = {name: instance.truth[name] for name in instance.truth}
        order = rng.permutation(len(data["offsets"]) - 1)
        lengths = np.diff(data["offsets"])[order]
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        rows = np.repeat(data["offsets"][:-1][order] - offsets[:-1], lengths)
        tokens = data["tokens"][rows + np.arange(len(rows))]
        yield Symmetry(
            "documents permuted",
            Instance(
                plain | {"tokens": tokens, "offsets": offsets},
                truth | {"items": np.argsort(order)[truth["items"]]},
                instance.sizes,
            ),
            back=lambda answer: [order[np.asarray(one)] for one in answer],
        )
        yield Symmetry(
            "tokens times 2",
            Instance(
                plain | {"tokens": data["tokens"] * np.float32(2)},
                truth | {"scores": 2 * truth["scores"], "slack": 2 * truth["slack"]},
                instance.sizes,
            ),
            strict=True,
        )
