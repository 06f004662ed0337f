"""BM25 search: the k documents that score most for a query, with their scores.

BM25 scores a document by how often it has the words of a query, each weighted by how few documents
have it, against the document's length. Five variants of it are in use; a case names one, and its
parameters. The corpus is there at the start. Queries come one at a time, so that what is prepared
is prepared for all of them: `build_seconds` is the time until the first one is asked for,
`latency_p50` and `latency_p99` are those of a query. The board ranks by the time of both together.
Thousands of queries in one call are the board BM25 in batches.

All right answers are equally good. Every score that is told is held against the formula in float64,
and the documents' true scores against the k largest; of documents with equal scores any may be
chosen. Both may differ by 1e-6, relative to scores above 1, which allows for sums in float32. The
cost is the number of queries that are not answered.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from bench_retrieval import _bm25_checks, _bm25_corpora, _bm25_formula
from harness.api import Case, Data, Events, Instance, InvalidAnswer, Meter, Problem, Symmetry

_FORMULA = {"variant": "lucene", "k1": 1.5, "b": 0.75, "delta": 0.5}
_VARIANTS = _bm25_formula.VARIANTS


class Queries(Events):
    """The queries of a case, each an array of tokens, int32, -1 where a word is unknown.

    Attributes:
        corpus: `tokens`, int32: those of document d are tokens[offsets[d] : offsets[d + 1]];
            `offsets`, int64[n + 1]; `n_terms`: tokens are numbers 0..n_terms-1.
        formula: `variant` (robertson, lucene, atire, bm25l or bm25+), `k1`, `b`, `delta`.
        k: how many documents are asked for.
    """

    def __init__(self, data: Any, meter: Meter) -> None:
        super().__init__(_bm25_corpora.unpacked(data["queries"]), meter)
        self.corpus = Data(data["corpus"])
        self.formula = Data(data["formula"])
        self.k: int = data["k"]


class Bm25Search(Problem):
    """Answer each query by the k best documents.

    A solver gets `Queries`. An answer is a pair: an array of k different documents 0..n-1, and an
    array of their scores, by falling scores.
    """

    title = "BM25 search"
    kind = "online"
    cost_name = "queries not answered"
    compare = "difference"
    rank_by = "time"
    size = "n"
    families: ClassVar = {
        "zipf": {
            "n": 2000,
            "terms": 30_000,
            "length": 100,
            "exponent": 1.07,
            "empty": 0.0,
            "queries": 100,
            "words": 6,
            "unknown": 0.0,
            "k": 10,
            **_FORMULA,
        },
        "english": {"n": 0, "queries": 100, "words": 6, "unknown": 0.0, "k": 10, **_FORMULA},
        "limit": {"n": 1000, "likes": 45, "queries": 100, "k": 2, **_FORMULA},
        "toy": {"empty": True, "k": 3, **_FORMULA},
        "file": {"path": "", "n": 0, "queries": 100, "words": 6, "unknown": 0.0, "k": 10}
        | _FORMULA,
    }
    suites: ClassVar = {
        "smoke": ["zipf[n=300,terms=2000,queries=30]", "english[n=300,queries=30]", "toy"],
        "standard": [
            "zipf",
            "zipf[variant=bm25l,words=12]",
            "zipf[n=5000,length=40,variant=bm25+]",
            "zipf[n=5000,exponent=0.8,words=20,k=100]",
            "english[queries=300]",
            "english[variant=robertson,words=3,unknown=0.2]",
            "english[variant=atire,words=30]",
            "limit",
        ],
        "large": [
            "zipf[n=100000,queries=300]",
            "zipf[n=100000,words=30,variant=bm25+,k=100]",
            "limit[n=50000,queries=1000]",
            "zipf[n=1000000,words=8]",
        ],
        "growth": [f"zipf[n={1000 << step},queries=50]" for step in range(6)],
        "edge": [
            *(f"toy[variant={variant}]" for variant in _VARIANTS),
            "toy[empty=False,k=5,k1=0.0]",
            "toy[variant=bm25l,k1=0.0,delta=0.0,k=6]",
            "toy[variant=bm25+,b=1.0]",
            "toy[variant=atire,b=0.0,k=1]",
            "zipf[n=1,terms=1,length=20,k=1,queries=3]",
            "zipf[n=4,terms=5,length=0,k=4,queries=2]",
            "zipf[n=40,terms=30,length=5,empty=0.3,unknown=0.3,words=4,queries=20]",
            "zipf[n=30,terms=3,exponent=0.0,k=30,words=0,queries=2]",
            "limit[n=20,likes=8,queries=20]",
        ],
    }
    starter = """\
# data: the queries, one at a time, each an array of tokens (-1: a word that nobody knows)
# data.corpus: document d is corpus.tokens[corpus.offsets[d] : corpus.offsets[d + 1]]
# data.formula: variant, k1, b, delta; data.k: how many documents are asked for
# answer: an array of k documents and an array of their scores, by falling scores
from bench_retrieval import _bm25_formula

offsets = data.corpus.offsets
documents = np.arange(len(offsets) - 1)
frequencies = np.zeros(data.corpus.n_terms, int)
for d in documents:
    frequencies[np.unique(data.corpus.tokens[offsets[d] : offsets[d + 1]])] += 1
for query in data:
    scores = _bm25_formula.scores_of(data.corpus, data.formula, query, documents, frequencies)
    best = np.argsort(-scores)[: data.k]
    yield best, scores[best]
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        corpus, queries = getattr(_bm25_corpora, case.family)(case, rng)
        formula = {name: case.parameters[name] for name in _FORMULA}
        _bm25_checks.check(corpus, formula, case.k)
        return _instance(corpus, formula, queries, int(case.k))

    def open(self, data: Any, meter: Meter) -> Queries:
        return Queries(data, meter)

    def score(self, instance: Instance, answer: list[Any]) -> tuple[float, dict[str, float]]:
        data, truth = instance.data, instance.truth
        queries = _bm25_corpora.unpacked(data["queries"])
        if len(answer) > len(queries):
            raise InvalidAnswer(f"there are {len(answer)} answers to {len(queries)} queries")
        error, n, k = 0.0, len(data["corpus"]["offsets"]) - 1, data["k"]
        for i, decision in enumerate(answer):
            where = f"query {i}"
            documents, told = _bm25_checks.decision_of(decision, where, n, (k,))
            scores = _bm25_formula.scores_of(
                data["corpus"], data["formula"], queries[i], documents, truth["frequencies"]
            )
            _bm25_checks.compare(where, documents, told, scores, truth["best"][i])
            error = max(error, _bm25_checks.largest_error(told, scores))
        return float(len(queries) - len(answer)), {"largest_error": error}

    def normal(self, instance: Instance, answer: list[Any]) -> np.ndarray:
        # What is accepted has these scores, up to rounding and to the choice among equal ones.
        return np.asarray(instance.truth["best"][: len(answer)])

    def exact(self, instance: Instance) -> float:
        return 0.0  # every query can be answered

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = instance.data
        formula = {name: data["formula"][name] for name in _FORMULA}
        return _bm25_corpora.symmetries_of(
            instance,
            rng,
            lambda corpus, asked: _instance(corpus, formula, asked, data["k"]),
        )


def _instance(
    corpus: dict[str, Any], formula: dict[str, Any], queries: list[np.ndarray], k: int
) -> Instance:
    best, frequencies = _bm25_formula.best_scores(corpus, formula, queries, k)
    return Instance(
        data={
            "corpus": corpus,
            "formula": formula,
            "queries": _bm25_corpora.packed(queries),
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
