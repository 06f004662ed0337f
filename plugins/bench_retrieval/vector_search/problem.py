"""Vector search: the k vectors of a corpus that are nearest to each query, one query at a time.

Near is a small Euclidean distance (l2), a large inner product (ip), or a small angle (cosine). An
index is built before the first query is asked for; what that takes is `build_seconds`, and
`latency_p50` and `latency_p99` are the quantiles of the time that a query takes.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_retrieval.vector_search import _families, _truth
from bench_retrieval.vector_search._checks import check, neighbours_of
from harness.api import Case, Data, Events, Instance, InvalidAnswer, Meter, Problem, Symmetry

_SMALL = 100_000  # numbers that exact() looks at one by one


class Search(Events):
    """Queries, float32[d] each, to be answered in turn.

    Attributes:
        corpus: float32[n, d].
        metric: l2, ip or cosine.
        k: how many neighbours are wanted.
    """

    def __init__(self, data: Data, meter: Meter) -> None:
        super().__init__(data["queries"], meter)
        self.corpus, self.metric, self.k = data["corpus"], data["metric"], data["k"]


class VectorSearch(Problem):
    """Find the k nearest vectors of each query.

    `Search` carries the corpus; each event is a query, each answer an array (or list) of at most k
    different numbers of vectors, in any order. The cost is 1 - recall, where recall is the share of
    the k neighbours of all queries that were found; what is not answered is not found. A vector
    counts where it is no farther than the k-th nearest one, but for rounding (`_truth.py`).
    """

    title = "Vector search"
    kind = "online"
    cost_name = "1 - recall"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "mixture": {
            "n": 10000,
            "d": 32,
            "k": 10,
            "metric": "l2",
            "clusters": 100,
            "spread": 0.7,
            "queries": 500,
        },
        "sphere": {"n": 10000, "d": 32, "k": 10, "metric": "l2", "queries": 500},
        "low_dimension": {
            "n": 10000,
            "d": 128,
            "k": 10,
            "metric": "l2",
            "intrinsic": 8,
            "noise": 0.01,
            "queries": 500,
        },
        "heavy_tails": {
            "n": 10000,
            "d": 32,
            "k": 10,
            "metric": "ip",
            "tail": 3.0,
            "queries": 500,
        },
        "topics": {
            "n": 20000,
            "d": 128,
            "k": 10,
            "metric": "cosine",
            "topics": 200,
            "nudge": 0.35,
            "queries": 500,
        },
        "grid": {"n": 5000, "d": 8, "k": 10, "metric": "l2", "side": 3, "queries": 200},
        "digits": {"n": 1597, "k": 10, "metric": "l2", "queries": 200},
        "breast_cancer": {"n": 469, "k": 10, "metric": "l2", "queries": 100},
        "words": {
            "n": 1800,
            "d": 64,
            "k": 10,
            "metric": "cosine",
            "fewest": 2,
            "queries": 200,
        },
        "file": {"path": "", "k": 10, "metric": "l2", "queries": 100},
    }
    suites: ClassVar = {
        "smoke": [
            "digits[n=500,queries=50]",
            "topics[n=2000,d=32,topics=20,queries=50]",
            "heavy_tails[n=1000,d=16,queries=50]",
        ],
        "standard": [
            "digits",
            "words",
            "topics",
            "topics[d=64,metric=ip,draw=1]",
            "mixture[n=50000,d=64]",
            "sphere[n=20000,d=64]",
            "low_dimension[n=50000]",
            "heavy_tails[n=20000,d=64]",
            "grid",
        ],
        "large": [
            "mixture[n=100000,d=128]",
            "sphere[n=100000,d=128]",
            "topics[n=100000,d=256]",
            "low_dimension[n=500000,d=96,intrinsic=16]",
            "mixture[n=1000000,d=128,clusters=1000,queries=200]",
            "heavy_tails[n=1000000,d=64,queries=200]",
        ],
        "growth": [
            f"mixture[n={n},d=32,queries=200]" for n in (4000, 8000, 16000, 32000, 64000, 128000)
        ],
        "tuning": [
            "mixture[n=30000,d=48,draw=1]",
            "topics[n=30000,d=96,draw=2]",
            "low_dimension[n=30000,draw=1]",
            "heavy_tails[n=30000,d=48,draw=1]",
        ],
        "edge": [
            "mixture[n=1,d=1,k=1,queries=3]",
            "mixture[n=2,d=1,k=2,clusters=1,queries=2]",
            "mixture[n=40,d=1,k=5,metric=cosine,queries=4]",
            "sphere[n=20,d=3,k=20,metric=ip,queries=5]",
            "sphere[n=70,d=17,k=3,queries=5]",
            "grid[n=30,d=2,k=6,side=1,queries=4]",
            "grid[n=60,d=3,k=7,side=2,queries=6]",
            "heavy_tails[n=65,d=5,tail=0.5,queries=5]",
            "low_dimension[n=300,d=40,intrinsic=1,noise=0,queries=5]",
            "breast_cancer[n=64,metric=cosine,queries=5]",
            "words[n=50,d=3,k=50,fewest=20,queries=5]",
        ],
    }
    starter = """\
# events.corpus: float32[n, d]; events.metric: l2, ip or cosine; events.k: neighbours wanted
# each event is a query, float32[d]; answer: at most k different numbers of vectors
products = data.metric != "l2"
for query in data:
    gaps = -(data.corpus @ query) if products else ((data.corpus - query) ** 2).sum(axis=1)
    yield np.argsort(gaps, kind="stable")[: data.k]
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        corpus, queries = getattr(_families, case.family)(case, rng)
        check(corpus, queries, case.metric, case.k)
        return _instance(
            np.ascontiguousarray(corpus), np.ascontiguousarray(queries), case.metric, int(case.k)
        )

    def open(self, data: Data, meter: Meter) -> Search:
        return Search(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        right = self._found(instance, answer)
        recall = float(right.mean())
        complete = right.all(axis=1)
        return 1 - recall, {"recall": recall, "complete": float(complete.mean())}

    def items(self, instance: Instance, answer: object) -> np.ndarray:
        """For each query whether all of its neighbours were found."""
        return self._found(instance, answer).all(axis=1)

    def normal(self, instance: Instance, answer: object) -> np.ndarray:
        """The neighbours of each query in order, int64[q, k], filled up with n."""
        return np.sort(_ids(instance.data, answer), axis=1)

    def _found(self, instance: Instance, answer: object) -> np.ndarray:
        """Which of the neighbours were found, bool[q, k], in the order of the answers."""
        data, truth = instance.data, instance.truth
        n = len(data["corpus"])
        ids = _ids(data, answer)
        far, slack = _truth.distances(
            data["corpus"], data["queries"], np.minimum(ids, n - 1), data["metric"]
        )
        return (ids < n) & (far <= truth["kth"][:, None] + slack)

    def exact(self, instance: Instance) -> float | None:
        """0 where the k-th distances of the truth are right, by plain arithmetic."""
        data = instance.data
        corpus, queries = data["corpus"], data["queries"]
        if corpus.size * len(queries) > _SMALL:
            return None
        misses = 0
        for query, kth in zip(queries.tolist(), instance.truth["kth"], strict=True):
            near = sorted(_plain(row, query, data["metric"]) for row in corpus.tolist())
            misses += not math.isclose(near[data["k"] - 1], kth, rel_tol=1e-9, abs_tol=1e-9)
        return misses / len(queries)

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data, kth = instance.data, instance.truth["kth"]
        corpus, queries, metric, k = (data[name] for name in ("corpus", "queries", "metric", "k"))

        def turned(corpus: np.ndarray, queries: np.ndarray, kth: np.ndarray) -> Instance:
            changed = {"corpus": corpus, "queries": queries, "metric": metric, "k": k}
            return Instance(changed, {"kth": kth}, instance.sizes, 0.0)

        order = rng.permutation(len(corpus))
        yield Symmetry(
            "vectors permuted",
            turned(np.ascontiguousarray(corpus[order]), queries, kth),
            back=lambda answer: [order[np.asarray(ids, np.int64)] for ids in answer],
        )
        factor = {"l2": 4.0, "ip": 16.0, "cosine": 1.0}[metric]
        yield Symmetry("all times 4", turned(corpus * 4, queries * 4, kth * factor), strict=True)
        yield Symmetry("all negated", turned(-corpus, -queries, kth))


def _instance(corpus: np.ndarray, queries: np.ndarray, metric: str, k: int) -> Instance:
    return Instance(
        data={"corpus": corpus, "queries": queries, "metric": metric, "k": k},
        truth={"kth": _truth.kth_distances(corpus, queries, metric, k)},
        sizes={"n": len(corpus), "d": corpus.shape[1], "k": k, "queries": len(queries)},
        optimum=0.0,
    )


def _ids(data: Data, answer: object) -> np.ndarray:
    """The numbers in the answers, int64[q, k]; n where nothing was named.

    Raises:
        InvalidAnswer: where an answer is none, or there are more of them than queries.
    """
    n, k, most = len(data["corpus"]), data["k"], len(data["queries"])
    if not isinstance(answer, list | tuple):
        raise InvalidAnswer(
            f"the answers are of type {type(answer).__name__}, expected a list of one array a query"
        )
    if len(answer) > most:
        raise InvalidAnswer(f"there are {len(answer)} answers, expected {most} at most")
    ids = np.full((most, k), n, np.int64)
    for number, found in enumerate(answer):
        named = neighbours_of(found, number, n, k)
        ids[number, : len(named)] = named
    return ids


def _plain(row: list[float], query: list[float], metric: str) -> float:
    if metric == "l2":
        return math.dist(row, query)
    product = math.fsum(a * b for a, b in zip(row, query, strict=True))
    return -product if metric == "ip" else 1 - product / math.hypot(*row) / math.hypot(*query)
