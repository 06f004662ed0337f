"""Expensive similarity search: similarities by hand, the oracle's account, scores."""

import numpy as np
import pytest

from bench_retrieval.expensive_similarity_search import _families
from bench_retrieval.expensive_similarity_search.problem import ExpensiveSimilaritySearch
from harness.api import BudgetSpent, Case, Data, InvalidAnswer, InvalidCase, Meter
from harness.selectors import adapt, parse

PROBLEM = ExpensiveSimilaritySearch()
SMALL = "n=40,anchors=6,queries=5,calls=12,k=3"


def make(text, seed=0):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def oracle_of(instance, limit=None):
    meter = Meter(limit)
    return PROBLEM.open(Data(instance.data), meter), meter


def warped_by_hand(q, x, window):
    found = np.full((len(q) + 1, len(x) + 1), np.inf)
    found[0, 0] = 0
    for i in range(len(q)):
        for j in range(len(x)):
            if abs(i - j) <= window:
                before = min(found[i, j], found[i, j + 1], found[i + 1, j])
                found[i + 1, j + 1] = before + abs(q[i] - x[j])
    return found[-1, -1]


def aligned_by_hand(a, b):
    table = np.zeros((len(a) + 1, len(b) + 1))
    for i, left in enumerate(a):
        for j, right in enumerate(b):
            table[i + 1, j + 1] = max(
                0,
                table[i, j] + (2 if left == right else -1),
                table[i, j + 1] - 1,
                table[i + 1, j] - 1,
            )
    return table.max()


@pytest.mark.parametrize("window", [0, 1, 3, 20])
def test_warped_distances(window, rng, monkeypatch):
    queries, items = rng.normal(size=(5, 9)), rng.normal(size=(7, 9))
    expected = [[warped_by_hand(q, x, window) for x in items] for q in queries]
    for pairs in (1 << 15, 15):
        monkeypatch.setattr(_families, "_PAIRS", pairs)
        found = _families.warped_distances(queries, items, window)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_warping_bends_time():
    late = np.array([[0.0, 0, 1, 5, 5]]), np.array([[0.0, 1, 5, 5, 5]])
    assert _families.warped_distances(*late, 4)[0, 0] == 0
    assert _families.warped_distances(*late, 0)[0, 0] == 5


def test_alignments(rng):
    def texts(count, filling):
        lengths = rng.integers(3, 9, size=count)
        found = np.full((count, 8), filling, np.int8)
        for text, length in zip(found, lengths, strict=True):
            text[:length] = rng.integers(3, size=length)
        return found

    queries, items = texts(6, -2), texts(8, -1)
    expected = [[aligned_by_hand(q[q >= 0], x[x >= 0]) for x in items] for q in queries]
    assert _families.alignments(queries, items).tolist() == expected


@pytest.mark.parametrize("family", sorted(PROBLEM.families))
def test_a_family_makes_what_it_says(family):
    instance = make(f"{family}[{SMALL}]")
    data = instance.data
    assert data["scores"].shape == (5, 40)
    assert data["anchors"].shape == (6, 40)
    assert len(data["cheap_queries"]) == 5
    assert len(data["cheap_items"]) == 40
    assert np.isfinite(data["scores"]).all()
    assert PROBLEM.exact(instance) == 0
    one, same, other = (make(f"{family}[{SMALL}]", s).data["scores"] for s in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_cheap_similarity_of_series_is_euclidean():
    data = make(f"dtw[{SMALL}]").data
    guess = data["cheap_items"] @ data["cheap_queries"].T
    items, queries = data["cheap_items"][:, :-1], data["cheap_queries"][:, :-1]
    distances = ((items[:, None] - queries) ** 2).sum(axis=2)
    assert (guess.argsort(axis=0) == (-distances).argsort(axis=0)).all()


def test_each_query_has_its_own_needles():
    data = make("needles[n=30,anchors=5,queries=20,calls=9,k=3,noise=0.0,needles=25]").data
    plain = make("planted[n=30,anchors=5,queries=20,calls=9,k=3,noise=0.0,rank=10]").data
    raised = data["scores"] - plain["scores"]
    assert ((raised > 4).sum(axis=1) == 25).all()
    assert (abs(raised[raised < 4]) < 1e-9).all()


def test_cheap_similarities_tell_something():
    for family in ("dtw", "strings", "planted"):
        data = make(f"{family}[n=400,anchors=5,queries=20,calls=50,k=5]").data
        guess = data["cheap_queries"] @ data["cheap_items"].T
        best = (-data["scores"]).argsort(axis=1)[:, :5]
        place = (-guess).argsort(axis=1).argsort(axis=1)
        assert np.take_along_axis(place, best, axis=1).mean() < 100, family  # by chance 200


# The account


def test_calls_are_counted_item_by_item():
    oracle, meter = oracle_of(make(f"planted[{SMALL}]"))
    found = oracle.similarities(2, np.array([7, 7, 0]))
    assert meter.calls == 3
    assert found.tolist() == make(f"planted[{SMALL}]").data["scores"][2, [7, 7, 0]].tolist()
    assert meter.limit == 60


def test_a_query_may_use_its_own_calls_only():
    oracle, meter = oracle_of(make(f"planted[{SMALL}]"))
    oracle.similarities(0, np.arange(10))
    with pytest.raises(BudgetSpent, match="query 0 may use 12 calls"):
        oracle.similarities(0, np.arange(3))
    assert meter.calls == 10
    oracle.similarities(0, np.arange(2))
    oracle.similarities(1, np.arange(12))
    assert meter.calls == 24


def test_a_smaller_budget_is_kept():
    oracle, _ = oracle_of(make(f"planted[{SMALL}]"), 5)
    with pytest.raises(BudgetSpent):
        oracle.similarities(0, np.arange(6))


def test_only_what_is_asked_for_is_told():
    instance = make(f"planted[{SMALL}]")
    oracle, meter = oracle_of(instance)
    for query in (0, np.int32(1), np.uint8(4)):
        for items in (np.array([], int), np.array([3], np.uint8), np.array([39, 0, 39])):
            found = oracle.similarities(query, items)
            assert found.tolist() == [instance.data["scores"][query, item] for item in items]
            found[:] = 7  # the solver's own
    assert instance.data["scores"].max() < 7
    assert meter.calls == 12


@pytest.mark.parametrize(
    ("query", "items"),
    [
        (5, np.array([0])),
        (-1, np.array([0])),
        (0.0, np.array([0])),
        (True, np.array([0])),
        (False, np.array([0])),
        (np.True_, np.array([0])),
        (0, [0]),
        (0, np.array([0.0])),
        (0, np.array([[0]])),
        (0, np.array([40])),
        (0, np.array([-1])),
    ],
)
def test_what_the_oracle_refuses_is_not_counted(query, items):
    oracle, meter = oracle_of(make(f"planted[{SMALL}]"))
    with pytest.raises(ValueError, match=r"query is|items"):
        oracle.similarities(query, items)
    assert meter.calls == 0


# Scores


def test_the_cost_is_the_share_that_is_missed():
    instance = make(f"planted[{SMALL}]")
    order = np.argsort(-instance.data["scores"], axis=1)
    answer = order[:, [0, 1, 30]]
    assert PROBLEM.score(instance, answer) == (pytest.approx(1 / 3), {"recall_at_1": 1.0})
    assert PROBLEM.score(instance, order[:, 1:4])[1] == {"recall_at_1": 0.0}
    answer[1:] = -1
    assert PROBLEM.score(instance, answer) == (pytest.approx(1 - 2 / 15), {"recall_at_1": 0.2})
    assert PROBLEM.score(instance, np.full((5, 3), -1)) == (1.0, {"recall_at_1": 0.0})


def test_any_of_tied_items_is_right():
    instance = make("strings[n=200,anchors=4,queries=5,calls=12,k=3,mutation=0.6]")
    scores = instance.data["scores"]
    for order in (np.arange(200), np.arange(200)[::-1]):
        ranked = order[np.argsort(-scores[:, order], axis=1, kind="stable")]
        assert PROBLEM.score(instance, ranked[:, :3])[0] == 0
    assert (np.sort(scores, axis=1)[:, -4] == np.sort(scores, axis=1)[:, -3]).any()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [[0, 1, 2]] * 5,
        np.zeros((5, 2), int),
        np.zeros((5, 3), int),
        np.tile([0.0, 1, 2], (5, 1)),
        np.tile([0, 1, 40], (5, 1)),
        np.tile([0, 1, -1], (5, 1)),
    ],
)
def test_refused_answers(answer):
    with pytest.raises(InvalidAnswer, match="the answer"):
        PROBLEM.score(make(f"planted[{SMALL}]"), answer)


def test_symmetries_move_the_truth_along(rng):
    instance = make(f"planted[{SMALL}]")
    for symmetry in PROBLEM.symmetries(instance, rng):
        assert PROBLEM.exact(symmetry.instance) == 0
        answer = np.argsort(-symmetry.instance.data["scores"], axis=1)[:, :3]
        assert PROBLEM.score(instance, symmetry.back(answer))[0] == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("planted[n=10,k=11,calls=10]", "k is 11, expected at most n = 10, the number of items"),
        ("planted[n=10,calls=11]", "calls is 11, expected at most n = 10"),
        ("planted[calls=0]", "calls is 0, expected at least 1: choose a larger calls"),
        ("planted[anchors=0]", "anchors is 0, expected at least 1"),
        ("planted[queries=0]", "queries is 0, expected at least 1"),
        ("planted[rank=0]", "rank is 0, expected at least 1"),
        ("dtw[length=1]", "length is 1, expected at least 2"),
        ("dtw[window=-1]", "window is -1, expected at least 0"),
        ("strings[mutation=1.5]", "mutation is 1.5, expected 0 to 1: choose a share of letters"),
        ("needles[needles=-1]", "needles is -1, expected at least 0"),
        ("needles[n=10,k=1,calls=1,needles=11]", "needles is 11, expected at most n = 10"),
        ("planted[noise=-0.1]", "noise is -0.1, expected at least 0: choose a larger noise"),
        ("planted[n=10,k=1,calls=1,noise=1e308]", "some similarities are infinite or NaN"),
    ],
)
def test_refused_parameters(text, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert sentence in str(caught.value)
