"""Expensive similarity search: a query's k most similar items, for few calls of the similarity.

The similarity s(q, i) is a black box that is dear to call, as a neural network that reads query and
item together (a cross-encoder), an alignment or a distance that is itself an optimisation. For each
query a method may call it for `calls` of the n items. What it has beforehand, at no charge: the
similarities of all items to some other queries, the anchors; and cheap vectors of items and
queries.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_retrieval._rankings import nearest, of_query, packed, places, ranking_of
from bench_retrieval.expensive_similarity_search import _families
from bench_retrieval.expensive_similarity_search._families import at_least
from harness.api import (
    BudgetSpent,
    Case,
    Instance,
    InvalidAnswer,
    InvalidCase,
    Meter,
    Problem,
    Symmetry,
)


class Oracle:
    """The dear similarity, counted, and what is known beforehand.

    Attributes:
        n, queries, k: items, queries, and how many items are asked for of each query.
        calls: that each query may use.
        anchors: float64[a, n], similarities of other queries to all items; their a * n calls were
            made once, for all methods, and are not counted.
        cheap_queries, cheap_items: float64[queries, c] and float64[n, c]; an inner product is a
            guess at the similarity, on a scale of its own.
    """

    def __init__(self, data, meter: Meter) -> None:
        self._scores, self._meter = data.scores, meter
        self.queries, self.n = data.scores.shape
        self.k, self.calls, self.anchors = data.k, data.calls, data.anchors
        self.cheap_queries, self.cheap_items = data.cheap_queries, data.cheap_items
        self._spent = [0] * self.queries
        total = self.calls * self.queries
        meter.limit = total if meter.limit is None else min(meter.limit, total)

    def similarities(self, query: int, items: np.ndarray) -> np.ndarray:
        """Of a query to some items, float64[len(items)]; a call each, whether known or not.

        Raises:
            BudgetSpent: where the query has not so many calls left; none is counted then.
            ValueError: for what is no query or no items.
        """
        # A boolean would choose a whole axis of the table: all queries for the calls of one.
        if isinstance(query, bool) or not isinstance(query, int | np.integer):
            raise ValueError(f"query is {query!r}, expected an integer 0..{self.queries - 1}")
        query = int(query)
        if not 0 <= query < self.queries:
            raise ValueError(f"query is {query}, expected 0..{self.queries - 1}")
        if type(items) is not np.ndarray or items.ndim != 1 or items.dtype.kind not in "iu":
            raise ValueError("items must be a one-dimensional array of integers")
        if len(items) and not 0 <= items.min() <= items.max() < self.n:
            raise ValueError(f"items are {items.min()} to {items.max()}, expected 0..{self.n - 1}")
        if self._spent[query] + len(items) > self.calls:
            raise BudgetSpent(f"query {query} may use {self.calls} calls, which do not suffice")
        self._meter.count(len(items))
        self._spent[query] += len(items)
        return self._scores[query, items]


_COMMON = {"n": 4000, "anchors": 300, "queries": 50, "calls": 200, "k": 10}


class ExpensiveSimilaritySearch(Problem):
    """Find each query's k most similar items within a number of calls of the similarity.

    A solver gets an `Oracle`. An answer is an integer array of shape (queries, k), in each row
    different items, best first; a row of -1 says that the query is not answered.
    """

    title = "Expensive similarity search"
    kind = "oracle"
    timed = False
    cost_name = "1 - recall at k"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "dtw": {**_COMMON, "length": 48, "window": 10},
        "strings": {**_COMMON, "mutation": 0.25},
        "planted": {**_COMMON, "rank": 30, "noise": 0.3},
        "needles": {**_COMMON, "rank": 10, "noise": 0.3, "needles": 10},
    }
    suites: ClassVar = {
        "smoke": [
            "dtw[n=300,anchors=40,queries=8,calls=40,length=20,window=4]",
            "planted[n=400,anchors=60,queries=10,calls=40,rank=8]",
        ],
        "standard": [
            "dtw",
            "dtw[calls=100]",
            "strings[calls=100]",
            "strings",
            "strings[calls=400]",
            "planted",
            "planted[n=5000,calls=500,anchors=200]",
            "needles",
        ],
        "large": [
            "dtw[n=10000]",
            "strings[n=10000,calls=400]",
            "planted[n=100000]",
        ],
        "growth": [f"planted[n={1000 << step}]" for step in range(6)],
        "tuning": [
            "dtw[n=1500,calls=150,draw=1]",
            "strings[n=1500,calls=150,draw=1]",
            "planted[n=1500,calls=150,draw=1]",
        ],
        "edge": [
            "planted[n=1,anchors=1,queries=1,calls=1,k=1,rank=1]",
            "planted[n=12,anchors=3,queries=4,calls=12,k=12,rank=2]",
            "planted[n=20,anchors=1,queries=3,calls=2,k=5,rank=2]",
            "planted[n=30,anchors=5,queries=3,calls=20,k=3,rank=2,noise=0.0]",
            "strings[n=25,anchors=4,queries=3,calls=9,k=2]",
            "dtw[n=15,anchors=2,queries=2,calls=7,k=2,length=2,window=0]",
        ],
    }
    starter = """\
# data: an oracle with n, queries, k, calls (that each query may use), anchors float64[a, n],
# cheap_queries, cheap_items; similarities(query, items) counts a call for each item
# answer: an integer array of shape (queries, k), the best items of each query;
# a row of -1 says that the query is not answered
answer = np.full((data.queries, data.k), -1)
yield answer
for query in range(data.queries):
    items = rng.permutation(data.n)[: data.calls]
    found = items[np.argsort(-data.similarities(query, items))]
    others = np.setdiff1d(np.arange(data.n), found)
    answer[query] = np.append(found, others)[: data.k]
    yield answer
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        at_least(case, n=1, anchors=1, queries=1, calls=1, k=1)
        for name in ("k", "calls"):
            if case.parameters[name] > case.n:
                raise InvalidCase(
                    f"{name} is {case.parameters[name]}, expected at most n = {case.n}, the number "
                    f"of items: choose a smaller {name}"
                )
        with np.errstate(over="ignore", invalid="ignore"):  # told below
            made = getattr(_families, case.family)(case, rng)
        if not np.isfinite(made.scores).all():
            raise InvalidCase(
                "some similarities are infinite or NaN, expected finite ones: choose parameters "
                "nearer to the defaults"
            )
        scores = np.ascontiguousarray(made.scores[case.anchors :])
        return Instance(
            data={
                "scores": scores,
                "anchors": np.ascontiguousarray(made.scores[: case.anchors]),
                "cheap_queries": np.ascontiguousarray(made.cheap_queries[case.anchors :]),
                "cheap_items": np.ascontiguousarray(made.cheap_items),
                "k": int(case.k),
                "calls": int(case.calls),
            },
            truth=packed([nearest(row, case.k, 0.0) for row in scores]),
            sizes={"n": case.n, "anchors": case.anchors, "calls": case.calls, "k": case.k},
            optimum=0.0,
        )

    def open(self, data, meter: Meter) -> Oracle:
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        queries, n = instance.data["scores"].shape
        k = instance.data["k"]
        rankings = _rankings_of(answer, queries, n, k)  # empty where there is no answer
        right = [of_query(instance.truth, query) for query in range(queries)]
        there = sum(len(places(*pair)) for pair in zip(right, [k] * queries, rankings, strict=True))
        first = sum(
            len(places(one, 1, ranking[:1])) for one, ranking in zip(right, rankings, strict=True)
        )
        return 1 - there / (queries * k), {"recall_at_1": first / queries}

    def normal(self, instance: Instance, answer: object) -> np.ndarray:
        return np.sort(np.asarray(answer, np.int64), axis=1)

    def exact(self, instance: Instance) -> float | None:
        """The cost of sorting all similarities by Python's own sort."""
        scores, k = instance.data["scores"], instance.data["k"]
        if scores.size > 100_000:
            return None
        answer = [sorted(range(len(row)), key=row.__getitem__)[::-1][:k] for row in scores.tolist()]
        return self.score(instance, np.array(answer))[0]

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = {name: instance.data[name] for name in instance.data}
        truth = {name: instance.truth[name] for name in instance.truth}
        order = rng.permutation(data["scores"].shape[1])
        moved = {name: np.ascontiguousarray(data[name][:, order]) for name in ("scores", "anchors")}
        moved["cheap_items"] = data["cheap_items"][order]
        yield Symmetry(
            "items permuted",
            Instance(
                data | moved, truth | {"items": np.argsort(order)[truth["items"]]}, instance.sizes
            ),
            back=lambda answer: np.where(np.asarray(answer) < 0, -1, order[np.asarray(answer)]),
        )
        yield Symmetry(
            "similarities times 4",
            Instance(
                data | {name: 4 * data[name] for name in ("scores", "anchors")},
                truth | {"scores": 4 * truth["scores"]},
                instance.sizes,
            ),
            strict=True,
        )


def _rankings_of(answer: object, queries: int, n: int, k: int) -> list[np.ndarray]:
    wanted = f"expected an integer array of shape ({queries}, {k})"
    if not isinstance(answer, np.ndarray):
        raise InvalidAnswer(f"the answer is of type {type(answer).__name__}, {wanted}")
    if answer.shape != (queries, k):
        raise InvalidAnswer(f"the answer has shape {answer.shape}, {wanted}")
    if answer.dtype.kind not in "iu":
        raise InvalidAnswer(f"the answer has dtype {answer.dtype}, {wanted}")
    return [
        row[:0] if (row == -1).all() else ranking_of(row, n, k, f"query {query}")
        for query, row in enumerate(answer)
    ]
