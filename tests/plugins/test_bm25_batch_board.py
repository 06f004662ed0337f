"""BM25 in batches: right answers by plain loops, what is no answer, and the solvers."""

import importlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bm25_search_problem import KNOWN, by_hand, documents_of

import bench_retrieval.bm25_batch as board
from bench_retrieval import _bm25_formula, _bm25_truth
from bench_retrieval._bm25_corpora import unpacked
from bench_retrieval.bm25_batch.claims import CLAIMS
from bench_retrieval.bm25_batch.eager import Eager
from bench_retrieval.bm25_batch.max_score import MaxScore
from bench_retrieval.bm25_batch.problem import Bm25Batch, batches_of
from bench_retrieval.bm25_batch.sparse_product import SparseProduct
from harness.api import Case, Data, InvalidAnswer, InvalidCase, Meter, Solver
from harness.loading import Source, load_class
from harness.selectors import adapt, parse

PROBLEM = Bm25Batch()
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)
OURS = [
    Eager(),
    Eager("float64"),
    MaxScore(),
    MaxScore("float64"),
    MaxScore("float32", 9),
    SparseProduct(),
]


@pytest.fixture(params=STEMS)
def any_solver(request):
    module = importlib.import_module(f"{board.__name__}.{request.param}")
    solver = load_class(Source(module.__file__, module.__name__), Solver, "solver")
    for name in solver.requires:
        pytest.importorskip(name.replace("-", "_"), reason="it is a peer")
    return solver()


def make(text, seed=0):
    family, given_parameters = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given_parameters.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def answers(solver, instance):
    events = PROBLEM.open(Data(instance.data), Meter())
    found = []
    for documents, scores in solver.solve(events, np.random.default_rng(0)):
        events.decided()
        found.append((np.array(documents), np.array(scores)))
    return found


def right_answers(instance):
    """Of each batch by hand: documents and scores, a row for each query."""
    documents, k = documents_of(instance), instance.data["k"]
    found = []
    for tokens, places in batches_of(instance.data):
        rows = [
            by_hand(documents, tokens[a:b].tolist(), **instance.data["formula"])
            for a, b in pairwise(places)
        ]
        best = np.array([np.argsort(-row, kind="stable")[:k] for row in rows])
        found.append((best, np.take_along_axis(np.array(rows), best, axis=1)))
    return found


# The truth


@given(
    st.integers(0, 10**6),
    st.sampled_from(_bm25_formula.VARIANTS),
    st.sampled_from([0.0, 1.5]),
    st.sampled_from([0.0, 0.75, 1.0]),
    st.sampled_from([0.0, 0.5]),
)
@settings(max_examples=60)
def test_the_truth_is_that_of_plain_loops(seed, variant, k1, b, delta):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    formula = f"variant={variant},k1={k1},b={b},delta={delta}"
    sizes = f"n={n},terms={rng.integers(1, 9)},length={rng.integers(0, 6)}"
    asked = f"queries=5,batch={rng.integers(1, 7)},words=5,unknown=0.2,k={rng.integers(1, n + 1)}"
    instance = make(f"zipf[{sizes},{asked},empty=0.2,{formula}]", seed)
    by_loops = right_answers(instance)
    scores = np.concatenate([scores for _, scores in by_loops])
    np.testing.assert_allclose(instance.truth["best"], scores, rtol=1e-12, atol=1e-12)
    cost, found = PROBLEM.score(instance, by_loops)
    assert cost == 0
    assert found["largest_error"] < 1e-12


@pytest.mark.parametrize("variant", _bm25_formula.VARIANTS)
def test_the_truth_is_that_of_the_other_board(variant, monkeypatch):
    """Which goes through a table of all documents and terms; and pieces do not matter."""
    text = f"zipf[n=400,terms=300,length=20,queries=50,words=7,unknown=0.1,k=9,variant={variant}]"
    data = make(text).data
    queries = unpacked(data["queries"])
    table = _bm25_formula.best_scores(data["corpus"], data["formula"], queries, 9)
    for at_once in (1 << 16, 37):
        monkeypatch.setattr(_bm25_truth, "_DOCUMENTS_AT_ONCE", at_once)
        found = _bm25_truth.best_scores(data["corpus"], data["formula"], queries, 9)
        np.testing.assert_allclose(found[0], table[0], rtol=1e-12)
        asked = np.unique(np.concatenate(queries))[1:]  # the table counts no others
        assert (found[1][asked] == table[1][asked]).all()


@pytest.mark.parametrize("variant", _bm25_formula.VARIANTS)
def test_scores_of_answers_are_those_of_the_formula(variant, rng, monkeypatch):
    text = f"zipf[n=60,terms=30,length=6,empty=0.2,queries=20,unknown=0.1,variant={variant}]"
    instance = make(text)
    data, frequencies = instance.data, instance.truth["frequencies"]
    queries = unpacked(data["queries"])
    documents = np.array([rng.permutation(60)[:9] for _ in queries])
    expected = [
        _bm25_formula.scores_of(data["corpus"], data["formula"], query, row, frequencies)
        for query, row in zip(queries, documents, strict=True)
    ]
    for at_once in (1 << 22, 50):
        monkeypatch.setattr(_bm25_truth, "_PAIRS_AT_ONCE", at_once)
        found = _bm25_truth.scores_of(
            data["corpus"], data["formula"], queries, documents, frequencies
        )
        np.testing.assert_allclose(found, expected, rtol=1e-13)


# Cases and events


def test_batches_are_the_queries_in_order():
    instance = make("zipf[n=30,queries=10,batch=4,words=3]")
    events = PROBLEM.open(Data(instance.data), Meter())
    assert (events.k, events.formula.variant, events.corpus.n_terms) == (10, "lucene", 30_000)
    sizes, queries = [], []
    for tokens, places in events:
        events.decided()
        sizes.append(len(places) - 1)
        assert places[0] == 0
        assert places[-1] == len(tokens)
        queries += [tokens[a:b].tolist() for a, b in pairwise(places)]
    assert sizes == [4, 4, 2]
    assert queries == [query.tolist() for query in unpacked(instance.data["queries"])]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("zipf[batch=0]", "batch is 0, expected at least 1"),
        ("zipf[queries=0]", "queries is 0, expected at least 1"),
        ("zipf[n=9]", "k is 10, expected 1 to 9"),
        ("toy[variant=tfidf]", "no variant 'tfidf'; choose one of robertson"),
        ("toy[b=-0.1]", "b is -0.1, expected a number from 0 to 1: choose another"),
        ("limit[n=10]", "people who like"),
        ("file", "needs a text"),
    ],
)
def test_bad_cases_are_told(text, says):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert says in str(caught.value)


# Answers


@pytest.fixture
def instance():
    return make("zipf[n=50,terms=30,length=12,queries=7,batch=3,k=3]")


def test_right_answers_cost_nothing(instance):
    given_answers = right_answers(instance)
    assert [len(documents) for documents, _ in given_answers] == [3, 3, 1]
    assert PROBLEM.score(instance, given_answers)[0] == 0
    assert PROBLEM.score(instance, given_answers[:2])[0] == 1  # queries
    assert PROBLEM.score(instance, given_answers[:1])[0] == 4
    assert PROBLEM.score(instance, [])[0] == 7
    as_lists = [(documents.tolist(), scores.tolist()) for documents, scores in given_answers]
    assert PROBLEM.score(instance, as_lists)[0] == 0
    single = [(documents, scores.astype(np.float32)) for documents, scores in given_answers]
    assert 1e-9 < PROBLEM.score(instance, single)[1]["largest_error"] < 1e-6
    assert (PROBLEM.normal(instance, single) == PROBLEM.normal(instance, given_answers)).all()
    assert len(PROBLEM.normal(instance, given_answers[:2])) == 6


def changed(part, row, value):
    part = part.copy()
    part[row] = value
    return part


def test_wrong_answers_are_told(instance):
    given_answers = right_answers(instance)
    documents, scores = given_answers[1]
    others = np.setdiff1d(np.arange(50), documents[2])
    query = unpacked(instance.data["queries"])[5].tolist()
    all_scores = by_hand(documents_of(instance), query, **instance.data["formula"])
    lesser = [*documents[2, :2], others[np.argsort(-all_scores[others])[5]]]
    last = (documents[:, :-1], scores[:, :-1])
    for pair, says in [
        ((documents, changed(scores, (2, 1), scores[2, 1] * (1 + 3e-6))), "batch 1, query 2: docu"),
        ((documents, changed(scores, (0, 1), np.nan)), "batch 1, query 0: a score is nan"),
        ((documents, changed(scores, (0, 2), np.inf)), "a score is inf, expected a finite"),
        ((changed(documents, (1, 2), documents[1, 0]), scores), "batch 1, query 1: document"),
        ((changed(documents, (0, 0), 50), scores), "batch 1: there is no document 50, expected 0"),
        ((changed(documents, (0, 0), -1), scores), "batch 1: there is no document -1"),
        (
            (changed(documents, 2, lesser), changed(scores, 2, all_scores[lesser])),
            "batch 1, query 2: a document that scores",
        ),
        (
            (changed(documents, 0, documents[0, ::-1]), changed(scores, 0, scores[0, ::-1])),
            "batch 1, query 0: place 1 scores",
        ),
        (last, "has the shape (3, 2), expected numbers of the shape (3, 3)"),
        ((documents[:2], scores[:2]), "has the shape (2, 3)"),
        ((documents[0], scores[0]), "has the shape (3,)"),
        ((documents.astype(float), scores), "batch 1: the documents are of dtype float64"),
        ((documents, scores.astype(complex)), "holds complex128"),
        ((documents, scores > 0), "holds bool"),
        ((documents, None), "is a NoneType"),
        ((documents, [[1.0], [1.0, 2.0], []]), "is ragged"),
        ((documents, scores, scores), "batch 1: the answer has 3 parts, expected a pair"),
        (documents, "expected a pair"),
    ]:
        with pytest.raises(InvalidAnswer) as caught:
            PROBLEM.score(instance, [given_answers[0], pair, given_answers[2]])
        assert says in str(caught.value)
    with pytest.raises(InvalidAnswer, match="there are 4 answers to 3 batches"):
        PROBLEM.score(instance, [*given_answers, given_answers[0]])
    with pytest.raises(InvalidAnswer, match="batch 0: a part of the pair has the shape"):
        PROBLEM.score(instance, given_answers[::-1])


def test_a_document_named_twice_is_told(instance):
    given_answers = right_answers(instance)
    documents, scores = given_answers[0]
    twice = changed(documents, (1, slice(1, 3)), documents[1, 0])
    with pytest.raises(InvalidAnswer, match=r"query 1: document \d+ is there 3 times, expected 1"):
        PROBLEM.score(instance, [(twice, scores)])


def test_symmetries_keep_the_truth(rng):
    instance = make("zipf[n=40,terms=30,length=8,queries=6,batch=4,unknown=0.2,empty=0.1,k=4]")
    found = list(PROBLEM.symmetries(instance, rng))
    assert len(found) == 3
    for symmetry in found:
        best = symmetry.instance.truth["best"]
        np.testing.assert_allclose(best, instance.truth["best"], rtol=1e-12)
        turned_back = symmetry.back(right_answers(symmetry.instance))
        assert PROBLEM.score(instance, turned_back)[0] == 0


# Solvers


def test_all_are_here():
    assert len(STEMS) == 5


@pytest.mark.parametrize("variant", KNOWN)
def test_known_answers(any_solver, variant):
    found = answers(any_solver, make(f"toy[empty=False,variant={variant},k=5]"))
    documents, scores = (part[0] for part in found[0])
    np.testing.assert_allclose(scores, np.sort(KNOWN[variant])[::-1], rtol=1e-6, atol=5.1e-7)
    np.testing.assert_allclose(scores, np.array(KNOWN[variant])[documents], rtol=1e-6, atol=5.1e-7)


@pytest.mark.parametrize("text", [*PROBLEM.suites["edge"], *PROBLEM.suites["smoke"]])
def test_every_case(any_solver, text):
    instance = make(text)
    assert PROBLEM.score(instance, answers(any_solver, instance))[0] == 0


@pytest.mark.parametrize("variant", _bm25_formula.VARIANTS)
def test_errors_are_those_of_rounding(variant):
    text = "n=1500,terms=3000,words=30,queries=40,batch=15,k=50"
    instance = make(f"zipf[{text},variant={variant}]")
    for solver in OURS:
        cost, scores = PROBLEM.score(instance, answers(solver, instance))
        assert cost == 0
        single = getattr(solver, "dtype", "float64") == "float32"
        error = scores["largest_error"]
        assert 1e-9 < error < 1e-6 if single else error < 1e-12


def test_more_documents_than_are_scored_at_once():
    instance = make("zipf[n=9000,terms=4000,length=12,queries=30,batch=12,k=20]")
    found = [answers(solver, instance) for solver in OURS]
    for one in found:
        assert PROBLEM.score(instance, one)[0] == 0
    for (a, _), (b, _) in zip(found[1], found[3], strict=True):
        assert (a == b).all()  # by falling scores and rising numbers, by both methods


def test_an_answer_stays_as_it_was_given():
    """Solvers that fill arrays of their own for each batch."""
    instance = make("zipf[n=100,queries=9,batch=3]")
    for solver in OURS:
        events = PROBLEM.open(Data(instance.data), Meter())
        kept = []
        for pair in solver.solve(events, np.random.default_rng(0)):
            events.decided()
            kept.append(pair)
        assert PROBLEM.score(instance, kept)[0] == 0


@pytest.mark.parametrize("board_name", ["bm25_batch", "bm25_search"])
def test_numba_compiles_nothing_on_the_clock(board_name):
    """What importing the module has compiled serves all formulas, on both boards."""
    for name in ("bm25s", "numba"):
        pytest.importorskip(name, reason="it is a peer")
    peer = importlib.import_module(f"bench_retrieval.{board_name}.peer_bm25s_numba")
    problem = importlib.import_module(f"bench_retrieval.{board_name}.problem")
    problem = problem.Bm25Batch() if board_name == "bm25_batch" else problem.Bm25Search()
    importlib.import_module("bench_retrieval._bm25s_numba")
    from bm25s.numba.retrieve_utils import _retrieve_internal_jitted_serial as compiled

    before = list(compiled.signatures)
    assert len(before) == 2
    for variant in _bm25_formula.VARIANTS:
        parameters = {**problem.families["toy"], "variant": variant}
        instance = problem.make(Case("toy", parameters), np.random.default_rng(0))
        events = problem.open(Data(instance.data), Meter())
        for _ in peer.PeerBm25sNumba().solve(events, np.random.default_rng(0)):
            events.decided()
    assert list(compiled.signatures) == before


@pytest.mark.parametrize("solver", [Eager, MaxScore])
def test_bad_parameters_are_told(solver):
    with pytest.raises(ValueError, match="choose float32 or float64"):
        solver(dtype="float16")


def test_claims_name_what_there_is():
    for claim in CLAIMS:
        for selector in claim.quantity.solvers:
            assert selector.split("[")[0] in STEMS
        for text in claim.quantity.cases:
            family, parameters = parse(text)
            assert set(parameters) <= set(PROBLEM.families[family])


@pytest.mark.parametrize("share", [0, -1, float("nan")])
def test_a_bad_share_is_told(share):
    with pytest.raises(ValueError, match="expected a number above 0"):
        MaxScore(column_share=share)
