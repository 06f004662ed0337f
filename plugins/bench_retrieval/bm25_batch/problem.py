"""BM25 in batches: queries per second, a thousand of them in one call.

The task is that of the board BM25 search: exact scores by one of five variants of BM25, and the k
best documents with them. There a query comes when the last one is answered, as from a user who
waits. Here they come in batches, as from an evaluation or a server under load, so that neither the
call of a function nor its checks weigh, and what is the same for all can be done once.

The corpus is there at the start, and the index is made before the first batch is asked for.
Both stand on the clock by which the board ranks: the index, and all batches after it, ten of a
thousand queries unless a case says otherwise. What they are by themselves is told beside it:
`build_seconds` is the time of the index, `latency_p50` that of a batch, so that `batch` divided by
it are queries per second, the figure by which packages are compared as a rule.

What is right is held as on the other board: each score that is told against the formula in float64,
and the documents against the k largest of all, to 1e-6 relative to scores above 1. The cost is the
number of queries that are not answered.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from bench_retrieval import _bm25_checks, _bm25_corpora, _bm25_formula, _bm25_truth
from harness.api import Case, Data, Events, Instance, InvalidAnswer, Meter, Problem, Symmetry

_FORMULA = {"variant": "lucene", "k1": 1.5, "b": 0.75, "delta": 0.5}
_MANY = {"queries": 10_000, "batch": 1000}


class Batches(Events):
    """The batches of a case, each a pair: `tokens`, int32, -1 where a word is unknown, and
    `offsets`, int64; query i of the batch is tokens[offsets[i] : offsets[i + 1]].

    Attributes:
        corpus: `tokens`, int32: those of document d are tokens[offsets[d] : offsets[d + 1]];
            `offsets`, int64[n + 1]; `n_terms`: tokens are numbers 0..n_terms-1.
        formula: `variant` (robertson, lucene, atire, bm25l or bm25+), `k1`, `b`, `delta`.
        k: how many documents are asked for.
    """

    def __init__(self, data: Any, meter: Meter) -> None:
        super().__init__(batches_of(data), meter)
        self.corpus = Data(data["corpus"])
        self.formula = Data(data["formula"])
        self.k: int = data["k"]


class Bm25Batch(Problem):
    """Answer batches of queries, each query by the k best documents.

    A solver gets `Batches`. An answer is a pair: an array of shape (queries of the batch, k), in
    each row different documents 0..n-1, and an array of the same shape of their scores, by falling
    scores.
    """

    title = "BM25 in batches"
    kind = "online"
    cost_name = "queries not answered"
    compare = "difference"
    rank_by = "time"
    size = "n"
    families: ClassVar = {
        "zipf": {
            "n": 20_000,
            "terms": 30_000,
            "length": 100,
            "exponent": 1.07,
            "empty": 0.0,
            "words": 6,
            "unknown": 0.0,
            "k": 10,
            **_MANY,
            **_FORMULA,
        },
        "english": {"n": 0, "words": 6, "unknown": 0.0, "k": 10, **_MANY, **_FORMULA},
        "limit": {"n": 1000, "likes": 45, "k": 2, "queries": 900, "batch": 100, **_FORMULA},
        "toy": {"empty": True, "k": 3, "batch": 3, **_FORMULA},
        "file": {"path": "", "n": 0, "words": 6, "unknown": 0.0, "k": 10, **_MANY, **_FORMULA},
    }
    suites: ClassVar = {
        "smoke": [
            "zipf[n=300,terms=2000,queries=60,batch=20]",
            "english[n=300,queries=40,batch=20]",
            "toy",
        ],
        "standard": [
            "zipf[n=2000]",
            "zipf",
            "zipf[words=30,variant=bm25+,k=100,queries=3000]",
            "zipf[exponent=0.8,variant=bm25l]",
            "english",
            "english[variant=robertson,words=3,unknown=0.2]",
            "limit",
        ],
        "large": [
            "zipf[n=100000]",
            "zipf[n=100000,words=30,variant=bm25+,k=100,queries=2000]",
            "zipf[n=1000000,words=8,queries=1000,batch=500]",
        ],
        "growth": [f"zipf[n={2000 << step},queries=2000]" for step in range(6)],
        "edge": [
            *(f"toy[variant={variant}]" for variant in _bm25_formula.VARIANTS),
            "toy[empty=False,k=5,k1=0.0,batch=1]",
            "toy[variant=bm25l,k1=0.0,delta=0.0,k=6,batch=8]",
            "toy[variant=bm25+,b=1.0,batch=99]",
            "zipf[n=1,terms=1,length=20,k=1,queries=3,batch=2]",
            "zipf[n=4,terms=5,length=0,k=4,queries=2,batch=1]",
            "zipf[n=40,terms=30,length=5,empty=0.3,unknown=0.3,words=4,queries=20,batch=7]",
            "zipf[n=30,terms=3,exponent=0.0,k=30,words=0,queries=2,batch=2]",
            "limit[n=20,likes=8,queries=20,batch=20]",
        ],
    }
    starter = """\
# data: the batches, one at a time, each a pair (tokens, offsets); -1: a word that nobody knows
# data.corpus: document d is corpus.tokens[corpus.offsets[d] : corpus.offsets[d + 1]]
# data.formula: variant, k1, b, delta; data.k: how many documents are asked for
# answer: documents and their scores by falling scores, two arrays of shape (queries, k)
from bench_retrieval import _bm25_formula

offsets = data.corpus.offsets
documents = np.arange(len(offsets) - 1)
frequencies = np.zeros(data.corpus.n_terms, int)
for d in documents:
    frequencies[np.unique(data.corpus.tokens[offsets[d] : offsets[d + 1]])] += 1
for tokens, places in data:
    best = np.zeros((len(places) - 1, data.k), int)
    scores = np.zeros(best.shape)
    for i in range(len(best)):
        query = tokens[places[i] : places[i + 1]]
        found = _bm25_formula.scores_of(data.corpus, data.formula, query, documents, frequencies)
        best[i] = np.argsort(-found)[: data.k]
        scores[i] = found[best[i]]
    yield best, scores
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        _bm25_checks.at_least(case, batch=1)
        corpus, queries = getattr(_bm25_corpora, case.family)(case, rng)
        formula = {name: case.parameters[name] for name in _FORMULA}
        _bm25_checks.check(corpus, formula, case.k)
        return _instance(corpus, formula, queries, int(case.k), int(case.batch))

    def open(self, data: Any, meter: Meter) -> Batches:
        return Batches(data, meter)

    def score(self, instance: Instance, answer: list[Any]) -> tuple[float, dict[str, float]]:
        data, truth = instance.data, instance.truth
        queries = _bm25_corpora.unpacked(data["queries"])
        n, k, batch = len(data["corpus"]["offsets"]) - 1, data["k"], data["batch"]
        if len(answer) > -(-len(queries) // batch):
            raise InvalidAnswer(
                f"there are {len(answer)} answers to {-(-len(queries) // batch)} batches"
            )
        error, answered = 0.0, 0
        for number, decision in enumerate(answer):
            where, span = f"batch {number}", slice(number * batch, (number + 1) * batch)
            asked = queries[span]
            documents, told = _bm25_checks.decision_of(decision, where, n, (len(asked), k))
            scores = _bm25_truth.scores_of(
                data["corpus"], data["formula"], asked, documents, truth["frequencies"]
            )
            _bm25_checks.compare(where, documents, told, scores, truth["best"][span])
            error = max(error, _bm25_checks.largest_error(told, scores))
            answered += len(asked)
        return float(len(queries) - answered), {"largest_error": error}

    def normal(self, instance: Instance, answer: list[Any]) -> np.ndarray:
        # What is accepted has these scores, up to rounding and to the choice among equal ones.
        return np.asarray(instance.truth["best"][: len(answer) * instance.data["batch"]])

    def exact(self, instance: Instance) -> float:
        return 0.0  # every query can be answered

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = instance.data
        formula = {name: data["formula"][name] for name in _FORMULA}
        return _bm25_corpora.symmetries_of(
            instance,
            rng,
            lambda corpus, asked: _instance(corpus, formula, asked, data["k"], data["batch"]),
        )


def batches_of(data: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The batches of an instance, one after the other."""
    tokens, offsets = data["queries"]["tokens"], data["queries"]["offsets"]
    for first in range(0, len(offsets) - 1, data["batch"]):
        places = offsets[first : first + data["batch"] + 1]
        yield tokens[places[0] : places[-1]], places - places[0]


def _instance(
    corpus: dict[str, Any], formula: dict[str, Any], queries: list[np.ndarray], k: int, batch: int
) -> Instance:
    best, frequencies = _bm25_truth.best_scores(corpus, formula, queries, k)
    return Instance(
        data={
            "corpus": corpus,
            "formula": formula,
            "queries": _bm25_corpora.packed(queries),
            "batch": batch,
            "k": k,
        },
        truth={"best": best, "frequencies": frequencies},
        sizes={
            "n": len(corpus["offsets"]) - 1,
            "tokens": len(corpus["tokens"]),
            "queries": len(queries),
            "k": k,
        },
        optimum=0.0,
    )
