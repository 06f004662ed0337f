"""The problem vector search: instances, the truth, scores, refusals."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_retrieval import _vectors
from bench_retrieval.vector_search import _truth
from bench_retrieval.vector_search._checks import METRICS, check
from bench_retrieval.vector_search.problem import VectorSearch
from harness.api import Case, Data, Instance, InvalidAnswer, InvalidCase, Meter, Undecided
from harness.selectors import adapt, parse

PROBLEM = VectorSearch()
GENERATED = ("mixture", "sphere", "low_dimension", "heavy_tails", "topics", "grid")


def make(text, seed=0):
    family, given_parameters = parse(text)
    defaults = PROBLEM.families[family]
    assert set(given_parameters) - {"draw"} <= set(defaults)
    adapted = {
        name: adapt(value, defaults[name], text)
        for name, value in given_parameters.items()
        if name != "draw"
    }
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def plain(corpus, queries, metric="l2", k=1):
    """An instance of vectors that are given, with its truth."""
    corpus, queries = (np.array(v, np.float32).reshape(len(v), -1) for v in (corpus, queries))
    kth = _truth.kth_distances(corpus, queries, metric, k)
    data = {"corpus": corpus, "queries": queries, "metric": metric, "k": k}
    return Instance(data, {"kth": kth})


def cost(instance, *answers):
    return PROBLEM.score(instance, list(answers))[0]


def refusal(text):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    return str(caught.value)


def distances_by_hand(corpus, query, metric):
    found = []
    for row in corpus.astype(float).tolist():
        product = math.fsum(a * b for a, b in zip(row, query.tolist(), strict=True))
        if metric == "l2":
            found.append(math.dist(row, query.tolist()))
        elif metric == "ip":
            found.append(-product)
        else:
            found.append(1 - product / math.hypot(*row) / math.hypot(*query.tolist()))
    return np.array(found)


# Families


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("family", GENERATED)
def test_a_family_makes_what_it_says(family, metric):
    if family == "grid" and metric == "cosine":
        assert "is 0, which has no direction" in refusal("grid[n=200,d=2,metric=cosine]")
        return
    instance = make(f"{family}[n=90,d=12,k=4,queries=7,metric={metric}]")
    corpus, queries = instance.data["corpus"], instance.data["queries"]
    assert corpus.shape == (90, 12)
    assert queries.shape == (7, 12)
    assert corpus.dtype == queries.dtype == np.float32
    assert corpus.flags.c_contiguous
    assert queries.flags.c_contiguous
    assert instance.sizes == {"n": 90, "d": 12, "k": 4, "queries": 7}
    assert instance.optimum == PROBLEM.exact(instance) == 0


@pytest.mark.parametrize("family", [*GENERATED, "digits", "breast_cancer", "words"])
def test_the_generator_alone_decides(family):
    first, again, other = (
        make(f"{family}[n=60,queries=5]", seed).data["corpus"] for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert not (first == other).all()


@pytest.mark.parametrize("suite", PROBLEM.suites)
def test_suites_name_cases_that_there_are(suite):
    for text in PROBLEM.suites[suite]:
        family, parameters = parse(text)
        assert set(parameters) - {"draw"} <= set(PROBLEM.families[family])


def test_queries_of_real_data_are_held_out():
    instance = make("digits")
    corpus, queries = instance.data["corpus"], instance.data["queries"]
    assert (len(corpus), len(queries)) == (1597, 200)
    assert set(map(bytes, corpus)).isdisjoint(map(bytes, queries))
    assert corpus.min() == 0
    assert corpus.max() == 16


def test_tails_are_as_heavy_as_asked(rng):
    for tail in (1.0, 3.0):
        lengths = np.linalg.norm(_vectors.heavy_tails(20000, 3, tail, rng), axis=1)
        assert lengths.min() > 0.999
        assert np.mean(lengths > 2) == pytest.approx(2**-tail, abs=0.02)


def test_a_subspace_has_few_dimensions(rng):
    points = _vectors.low_dimension(500, 40, 3, 0.0, rng)
    assert np.linalg.matrix_rank(points, tol=1e-3) == 3


def test_topics_are_unit_vectors_and_queries_near_them():
    instance = make("topics[n=500,d=32,topics=10,queries=20]")
    corpus, queries = instance.data["corpus"], instance.data["queries"]
    np.testing.assert_allclose(np.linalg.norm(corpus, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose((queries @ corpus.T).max(axis=1), 0.94, atol=0.06)


# The truth


@settings(max_examples=60)
@given(
    n=st.integers(1, 150),
    d=st.integers(1, 12),
    metric=st.sampled_from(METRICS),
    whole=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_the_kth_distance_is_that_of_plain_arithmetic(n, d, metric, whole, seed):
    rng = np.random.default_rng(seed)
    corpus, queries = rng.standard_normal((n, d)), rng.standard_normal((3, d))
    if whole:  # ties and duplicates, no zero vector
        corpus, queries = np.rint(corpus) * 2 + 1, np.rint(queries) * 2 + 1
    corpus, queries = corpus.astype(np.float32), queries.astype(np.float32)
    k = int(rng.integers(1, n + 1))
    found = _truth.kth_distances(corpus, queries, metric, k)
    expected = [np.sort(distances_by_hand(corpus, query, metric))[k - 1] for query in queries]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_blocks_give_the_same_truth(monkeypatch, rng):
    corpus, queries = (rng.standard_normal((m, 7), dtype=np.float32) for m in (900, 11))
    whole = [_truth.kth_distances(corpus, queries, metric, 5) for metric in METRICS]
    monkeypatch.setattr(_truth, "_ENTRIES_AT_ONCE", 500)
    for metric, expected in zip(METRICS, whole, strict=True):
        np.testing.assert_allclose(
            _truth.kth_distances(corpus, queries, metric, 5), expected, rtol=1e-12
        )


def test_the_truth_of_vectors_that_hardly_differ(rng):
    """Expanded distances have no right digit here, so that every vector is looked at."""
    far = 1e6 * rng.standard_normal(6)
    corpus = np.concatenate([far + rng.integers(4, size=(300, 6)), np.zeros((300, 6))])
    corpus = corpus.astype(np.float32)
    queries = corpus[:4] + np.float32(0.0625)
    found = _truth.kth_distances(corpus, queries, "l2", 3)
    expected = [np.sort(distances_by_hand(corpus, query, "l2"))[2] for query in queries]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert found.max() < 10


# Scores


def test_the_cost_is_the_share_that_was_not_found():
    instance = plain([0, 1, 2, 3, 10], [0.1, 9], k=2)
    assert cost(instance, [0, 1], [4, 3]) == 0
    assert cost(instance, np.array([1, 0]), (3, 4)) == 0
    assert cost(instance, [0, 2], [4, 3]) == 0.25
    assert cost(instance, [0], [4, 3]) == 0.25
    assert cost(instance, [0, 1]) == 0.5  # one answer is missing
    assert cost(instance, [2, 3], []) == 1
    assert cost(instance) == 1
    scores = PROBLEM.score(instance, [[0, 2], [4, 3]])[1]
    assert scores == {"recall": 0.75, "complete": 0.5}
    assert PROBLEM.items(instance, [[0, 2], [4, 3]]).tolist() == [False, True]


@pytest.mark.parametrize(
    ("metric", "right", "wrong"), [("l2", [0], [1]), ("ip", [2], [0]), ("cosine", [1], [2])]
)
def test_metrics_differ(metric, right, wrong):
    corpus = [[1.0, 0.2], [0.3, 0.0], [5.0, 5.0]]
    instance = plain(corpus, [[1.0, 0.0]], metric)
    assert cost(instance, right) == 0
    assert cost(instance, wrong) == 1


def test_of_equally_near_vectors_any_counts():
    instance = plain([1, -1, 1, 2, -1], [0], k=2)
    for pair in ([0, 1], [2, 4], [1, 4]):
        assert cost(instance, pair) == 0
    assert cost(instance, [0, 3]) == 0.5


def test_rounding_is_forgiven_and_no_more():
    instance = plain([1.0, 1.0 + 5e-7, 1.0 + 2e-6], [0])
    assert [cost(instance, [j]) for j in range(3)] == [0, 0, 1]
    angle = 4e-3
    corpus = [[1, 0], [np.cos(angle), np.sin(angle)]]
    assert cost(plain(corpus, [[1, 0]], "cosine"), [1]) == 1  # 8e-6 apart
    assert cost(plain(np.array(corpus) * 3, [[5, 0]], "ip"), [1]) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([[0, 0]], "names vector 0 twice"),
        ([[0, 5]], "names vector 5, expected"),
        ([[-1]], "names vector -1"),
        ([[0, 1, 2]], "names 3 neighbours, expected a list or one-dimensional array of at most 2"),
        ([[0.0, 1.0]], "holds values of dtype float64"),
        ([[True, False]], "dtype bool"),
        ([[[0, 1]]], "has 2 dimensions"),
        ([[[0], [1, 2]]], "list of lists of unequal length"),
        ([None], "the answer to query 0 is None"),
        (["01"], "is of type str"),
        ([[0], 1], "the answer to query 1 is of type int"),
        ([[0], [0], [0]], "there are 3 answers, expected 2 at most"),
        (np.array([[0, 1]]), "the answers are of type ndarray"),
    ],
)
def test_what_is_no_answer(answer, said):
    instance = plain([0, 1, 2, 3, 10], [0.1, 9], k=2)
    with pytest.raises(InvalidAnswer, match=said.replace("(", r"\(")):
        PROBLEM.score(instance, answer)


def test_the_normal_form_forgets_the_order():
    instance = plain([0, 1, 2, 3, 10], [0.1, 9], k=2)
    forms = [PROBLEM.normal(instance, [pair, [4]]).tolist() for pair in ([0, 1], (1, 0))]
    assert forms == [[[0, 1], [4, 5]]] * 2


def test_exact_looks_at_every_vector_and_notices_a_wrong_truth():
    instance = make("mixture[n=50,d=3,queries=4,k=3]")
    assert PROBLEM.exact(instance) == 0
    instance.truth["kth"][1] *= 1.001
    assert PROBLEM.exact(instance) == 0.25
    assert PROBLEM.exact(make("mixture")) is None


@pytest.mark.parametrize("metric", METRICS)
def test_symmetries_keep_the_cost(metric, rng):
    instance = make(f"heavy_tails[n=40,d=4,k=3,queries=6,metric={metric}]")
    answers = [rng.permutation(40)[:3] for _ in range(6)]
    found = list(PROBLEM.symmetries(instance, rng))
    assert len(found) == 3
    for symmetry in found:
        there = PROBLEM.score(symmetry.instance, answers)[0]
        back = symmetry.back(answers)
        assert symmetry.cost(PROBLEM.score(instance, back)[0]) == there


def test_queries_come_one_at_a_time():
    instance = make("mixture[n=20,d=3,queries=2,k=1]")
    meter = Meter()
    search = PROBLEM.open(Data(instance.data), meter)
    assert (search.corpus.shape, search.metric, search.k) == ((20, 3), "l2", 1)
    assert (next(search) == instance.data["queries"][0]).all()
    with pytest.raises(Undecided):
        next(search)
    search.decided()
    next(search)
    search.decided()
    with pytest.raises(StopIteration):
        next(search)
    assert meter.calls == 2


# Bad input


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mixture[n=10,k=11]", "k is 11, expected 1 to 10"),
        ("mixture[n=10,k=0]", "k is 0, expected 1 to 10"),
        ("mixture[metric=l1]", "there is no metric 'l1'; choose one of l2, ip, cosine"),
        ("mixture[n=0]", "n is 0, expected at least 1"),
        ("sphere[d=0]", "d is 0, expected at least 1"),
        ("sphere[queries=0]", "queries is 0"),
        ("low_dimension[d=4,intrinsic=5]", "intrinsic is 5, more than d = 4"),
        ("heavy_tails[tail=0]", "tail is 0"),
        ("heavy_tails[tail=0.2]", "holds numbers beyond 1e+15, expected finite ones up to 1e+15"),
        ("heavy_tails[tail=0.01]", "holds NaN or infinite numbers"),
        ("topics[nudge=-1]", "nudge is -1"),
        ("digits[n=1700]", "digits has 1797 vectors, got n=1700 and queries=200"),
        ("words[n=9000]", "n is 9000 and queries is 200: "),
        ("words[d=9000]", "choose a smaller d"),
        ("words[fewest=0]", "fewest is 0, expected at least 1"),
        ("file", "needs vectors: write file"),
        ("file[path=nowhere.npy]", "there is no file nowhere.npy"),
    ],
)
def test_impossible_cases_are_refused(text, said):
    assert said in refusal(text)


def test_vectors_of_a_file(tmp_path):
    points = np.random.default_rng(0).normal(size=(30, 4))
    path = tmp_path / "points.npy"
    np.save(path, points)
    instance = make(f"file[path={path},k=3,queries=6]")
    corpus, queries = instance.data["corpus"], instance.data["queries"]
    assert corpus.shape == (24, 4)
    back = np.concatenate([queries, corpus])
    np.testing.assert_array_equal(np.sort(back, 0), np.sort(points.astype(np.float32), 0))
    assert "queries is 30: hold out fewer" in refusal(f"file[path={path},queries=30]")
    assert "k is 25, expected 1 to 24" in refusal(f"file[path={path},k=25,queries=6]")
    for bad, said in ((np.nan, "holds NaN or infinite"), (1e300, "holds NaN or infinite")):
        spoiled = points.copy()
        spoiled[3, 2] = bad
        np.save(path, spoiled)
        assert said in refusal(f"file[path={path},queries=6]")
    spoiled = points.copy()
    spoiled[5] = 0
    np.save(path, spoiled)
    assert make(f"file[path={path},queries=6,k=3]").sizes["n"] == 24
    said = refusal(f"file[path={path},queries=6,metric=cosine]")
    assert "is 0, which has no direction" in said
    for wrong in (np.zeros(5), np.array([["a"]])):
        np.save(path, wrong)
        assert "holds no matrix of real numbers" in refusal(f"file[path={path}]")
    path.write_text("no array")
    assert "cannot be read as an array" in refusal(f"file[path={path}]")


@pytest.mark.parametrize(
    ("corpus", "queries", "said"),
    [
        (np.zeros((0, 2), np.float32), np.zeros((1, 2), np.float32), "vectors have shape"),
        (np.zeros((2, 2)), np.zeros((1, 2), np.float32), "vectors have dtype float64"),
        (np.zeros((2, 2), np.float32), np.zeros((1, 3), np.float32), "have 2 dimensions and"),
        (np.zeros((2, 2), np.float32), np.full((1, 2), np.inf, np.float32), "row 0 of the queries"),
    ],
)
def test_vectors_that_are_none(corpus, queries, said):
    with pytest.raises(InvalidCase, match=said):
        check(corpus, queries, "l2", 1)


def test_vectors_too_small_for_float32():
    """Brute force would find all of them at the same distance."""
    vectors = np.full((3, 2), 1e-16, np.float32)
    with pytest.raises(InvalidCase, match=r"hold no number beyond 1e-15.*scale the vectors up"):
        check(vectors, vectors, "l2", 1)
    vectors[0] = 1
    check(vectors, vectors, "l2", 1)
    check(np.zeros((3, 2), np.float32), np.zeros((1, 2), np.float32), "l2", 1)


def test_one_bad_row_is_told_wherever_it_lies():
    vectors = np.ones((70_000, 2), np.float32)
    vectors[69_999, 1] = np.nan
    with pytest.raises(InvalidCase, match="row 69999 of the vectors holds NaN"):
        check(vectors, np.ones((1, 2), np.float32), "l2", 1)
    vectors[69_999] = 0
    with pytest.raises(InvalidCase, match="row 69999 of the vectors is 0"):
        check(vectors, np.ones((1, 2), np.float32), "cosine", 1)
    with pytest.raises(InvalidCase, match="row 1 of the queries is 0"):
        check(np.ones((2, 2), np.float32), np.float32([[1, 1], [0, -0.0]]), "cosine", 1)


def test_k_is_a_whole_number():
    vectors = np.zeros((2, 2), np.float32)
    for k in (True, 1.0, "1"):
        with pytest.raises(InvalidCase, match="expected a whole number"):
            check(vectors, vectors, "l2", k)
