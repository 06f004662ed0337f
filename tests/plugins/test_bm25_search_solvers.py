"""The solvers of BM25 search: known answers, agreement, adversarial corpora."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bm25_search_problem import KNOWN, make

import bench_retrieval.bm25_search as board
from bench_retrieval import _bm25_corpora, _bm25_formula, _bm25_index
from bench_retrieval.bm25_search.claims import CLAIMS
from bench_retrieval.bm25_search.eager import Eager
from bench_retrieval.bm25_search.max_score import MaxScore
from bench_retrieval.bm25_search.problem import Bm25Search, _instance
from harness.api import Data, Meter, Solver
from harness.loading import Source, load_class

PROBLEM = Bm25Search()
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)
OURS = [
    Eager(),
    Eager(dtype="float64"),
    MaxScore(),
    MaxScore(dtype="float64"),
    MaxScore("float32", 9),
]


@pytest.fixture(params=STEMS)
def any_solver(request):
    module = importlib.import_module(f"{board.__name__}.{request.param}")
    solver = load_class(Source(module.__file__, module.__name__), Solver, "solver")
    for name in solver.requires:
        pytest.importorskip(name.replace("-", "_"), reason="it is a peer")
    return solver()


def answers(solver, instance):
    events = PROBLEM.open(Data(instance.data), Meter())
    found = []
    for documents, scores in solver.solve(events, np.random.default_rng(0)):
        events.decided()
        found.append((np.array(documents), np.array(scores)))
    return found


def corpus_of(documents, queries, k, **formula):
    """An instance of documents and queries given as lists of tokens."""
    lengths = [len(document) for document in documents]
    tokens = np.array([t for document in documents for t in document], np.int32)
    corpus = _bm25_corpora.corpus_of(tokens, lengths, int(tokens.max(initial=0)) + 1)
    formula = {"variant": "lucene", "k1": 1.5, "b": 0.75, "delta": 0.5} | formula
    return _instance(corpus, formula, [np.array(q, np.int32) for q in queries], k)


def assert_right(solver, instance):
    cost, scores = PROBLEM.score(instance, answers(solver, instance))
    assert cost == 0
    return scores["largest_error"]


def test_all_are_here():
    assert len(STEMS) == 7


@pytest.mark.parametrize("variant", KNOWN)
def test_known_answers(any_solver, variant):
    found = answers(any_solver, make(f"toy[empty=False,variant={variant},k=5]"))
    documents, scores = found[0]
    np.testing.assert_allclose(scores, np.sort(KNOWN[variant])[::-1], rtol=1e-6, atol=5.1e-7)
    np.testing.assert_allclose(scores, np.array(KNOWN[variant])[documents], rtol=1e-6, atol=5.1e-7)


@pytest.mark.parametrize("text", [*PROBLEM.suites["edge"], *PROBLEM.suites["smoke"]])
def test_every_case(any_solver, text):
    assert_right(any_solver, make(text))


@pytest.mark.parametrize("variant", _bm25_formula.VARIANTS)
def test_errors_are_those_of_rounding(variant):
    """The promise of eager scoring: the formula to 1e-6 in float32, and to 1e-12 in float64."""
    instance = make(f"zipf[n=1500,terms=3000,words=30,queries=40,variant={variant},k=50]")
    for solver in OURS:
        error = assert_right(solver, instance)
        assert 1e-9 < error < 1e-6 if solver.dtype == "float32" else error < 1e-12


def test_a_known_pair_is_found():
    """On "who likes X" the two who do come first, whatever the vectors of others do."""
    instance = make("limit[n=300]")
    corpus = instance.data["corpus"]
    documents = np.split(corpus["tokens"], corpus["offsets"][1:-1])
    places = instance.data["queries"]["offsets"]
    for solver in (Eager(), MaxScore()):
        for i, (found, _) in enumerate(answers(solver, instance)):
            asked = instance.data["queries"]["tokens"][places[i + 1] - 1]
            assert all(asked in documents[d] for d in found)


@given(st.integers(0, 10**6), st.sampled_from(_bm25_formula.VARIANTS))
@settings(max_examples=50)
def test_random_corpora(seed, variant):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    documents = [rng.integers(0, 8, rng.integers(0, 9)).tolist() for _ in range(n)]
    queries = [rng.integers(-1, 10, rng.integers(0, 7)).tolist() for _ in range(5)]
    k1, b, delta = rng.choice([0, 0.3, 2.0]), rng.choice([0, 0.5, 1.0]), rng.choice([0, 0.7])
    k = int(rng.integers(1, n + 1))
    formula = {"k1": float(k1), "b": float(b), "delta": float(delta)}
    instance = corpus_of(documents, queries, k, variant=variant, **formula)
    for solver in OURS:
        assert_right(solver, instance)


# Adversarial to pruning and to blocks


def test_the_best_come_last():
    """Bounds rise towards the end, behind many blocks: what was ruled out early must come back."""
    n = 3 * 4096 + 10
    documents = [[0, 1] + [2] * (i % 5) + [3] * (i * 6 // n) for i in range(n)]
    instance = corpus_of(documents, [[0, 1, 3], [3, 2, 2], [1], [3]], 10)
    for solver in OURS:
        assert_right(solver, instance)


def test_all_documents_are_equal():
    instance = corpus_of([[0, 1, 2]] * 9000, [[0, 1], [2], [7]], 100)
    for solver in OURS:
        assert_right(solver, instance)


def test_a_rare_word_in_the_last_document():
    documents = [[0, i % 7 + 1] for i in range(20_000)] + [[0, 9, 9, 9]]
    instance = corpus_of(documents, [[9, 0], [0, 1, 9], [9]], 3)
    for solver in OURS:
        assert_right(solver, instance)


def test_nearly_equal_scores():
    """Scores a rounding apart: whichever is chosen, none that is better by more is missed."""
    rng = np.random.default_rng(1)
    documents = [[0] * 50 + [1] * int(rng.integers(100, 103)) for _ in range(6000)]
    instance = corpus_of(documents, [[0, 1], [0] * 20 + [1]], 20, variant="bm25+")
    for solver in OURS:
        assert_right(solver, instance)


def test_one_long_document():
    instance = corpus_of([[0] * 100_000 + [1], [1], [2, 2]], [[0, 1], [2, 1]], 2, b=1.0)
    for solver in OURS:
        assert_right(solver, instance)


def test_queries_of_many_words():
    rng = np.random.default_rng(0)
    documents = [rng.integers(0, 300, 60).tolist() for _ in range(500)]
    instance = corpus_of(documents, [rng.integers(0, 300, 400).tolist()], 10)
    for solver in (Eager("float64"), MaxScore("float64")):
        assert_right(solver, instance)


# Parameters and conduct


def test_runs_repeat_to_the_bit(any_solver):
    instance = make("zipf[n=400,terms=500,queries=10]")
    for (a, b), (c, d) in zip(*(answers(any_solver, instance) for _ in range(2)), strict=True):
        assert (a == c).all()
        assert (b == d).all()


def test_both_methods_choose_the_same_documents():
    """By falling scores and rising numbers, as they have the same sums up to rounding."""
    instance = make("zipf[n=3000,terms=2000,queries=40]")
    for (a, _), (b, _) in zip(answers(OURS[1], instance), answers(OURS[3], instance), strict=True):
        assert (a == b).all()


@pytest.mark.parametrize("solver", [Eager, MaxScore])
def test_bad_parameters_are_told(solver):
    with pytest.raises(ValueError, match="choose float32 or float64"):
        solver(dtype="float16")


@pytest.mark.parametrize("share", [0, -1, float("nan")])
def test_a_bad_share_is_told(share):
    with pytest.raises(ValueError, match="expected a number above 0"):
        MaxScore(column_share=share)


def test_tokens_beyond_the_vocabulary_are_told():
    instance = make("toy")
    corpus = {**instance.data["corpus"], "n_terms": 3}
    with pytest.raises(ValueError, match="is none of 3 terms"):
        _bm25_index.build(corpus, instance.data["formula"], "float32")


def test_columns_are_of_frequent_words_only():
    instance = make("zipf[n=1000,terms=500,queries=1]")
    index = _bm25_index.build(instance.data["corpus"], instance.data["formula"], "float32", 0.5)
    tokens, offsets = instance.data["corpus"]["tokens"], instance.data["corpus"]["offsets"]
    pairs = np.unique(np.stack([np.repeat(np.arange(1000), np.diff(offsets)), tokens]), axis=1)
    frequencies = np.bincount(pairs[1], minlength=500)
    assert ((index.column_of >= 0) == (frequencies >= 500)).all()
    assert 1 <= len(index.columns) < 100


def test_claims_name_what_there_is():
    for claim in CLAIMS:
        if claim.quantity is None:
            continue
        for selector in claim.quantity.solvers:
            assert selector.split("[")[0] in STEMS
