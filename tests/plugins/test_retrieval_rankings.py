"""What the boards of retrieval share: the best k, ties, and where the right items stand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_retrieval._rankings import best, depth, nearest, of_query, packed, places, ranking_of
from harness.api import InvalidAnswer

SCORES = st.lists(st.integers(0, 4), min_size=1, max_size=30)


@given(SCORES, st.integers(0, 35))
def test_the_best_are_those_of_a_stable_sort(values, k):
    scores = np.array(values, float)
    assert best(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()


@given(SCORES, st.data())
def test_nearest_holds_all_ties(values, data):
    scores = np.array(values, float)
    k = data.draw(st.integers(1, len(values)))
    items, found, slack = nearest(scores, k, 0.0)
    least = np.sort(scores)[-k]
    assert set(items.tolist()) == set(np.flatnonzero(scores >= least).tolist())
    assert found.tolist() == sorted(scores[items], reverse=True)
    assert slack == 0


@given(SCORES, st.data())
def test_any_choice_among_ties_is_right(values, data):
    scores = np.array(values, float)
    k = data.draw(st.integers(1, len(values)))
    order = data.draw(st.permutations(range(len(values))))
    ranking = np.array(sorted(order, key=lambda item: -scores[item]))
    assert places(nearest(scores, k, 0.0), k, ranking).tolist() == list(range(k))


def test_what_is_better_than_the_ties_is_wanted_too():
    right = nearest(np.array([5.0, 3, 3, 3, 1]), 2, 0.0)
    assert places(right, 2, np.array([1, 2])).tolist() == [0]  # one place is the first item's
    assert places(right, 2, np.array([4, 3, 0])).tolist() == [1, 2]
    assert places(right, 1, np.array([1])).tolist() == []


def test_slack_makes_ties():
    right = nearest(np.array([1.0, 1 - 1e-9, 0.5]), 1, 1e-6)
    assert places(right, 1, np.array([1])).tolist() == [0]


def test_depth_is_the_smallest_that_suffices():
    found = np.array([0, 1, 4, 9])
    assert [depth(found, 5, share) for share in (0.2, 0.5, 0.8, 1.0)] == [1, 5, 10, None]


def test_queries_are_packed_and_found_again(rng):
    all_scores = rng.integers(5, size=(6, 9)).astype(float)
    truth = packed([nearest(row, 3, 0.5) for row in all_scores])
    for query, row in enumerate(all_scores):
        items, scores, slack = of_query(truth, query)
        expected, _, _ = nearest(row, 3, 0.5)
        assert items.tolist() == expected.tolist()
        assert scores.tolist() == row[expected].tolist()
        assert slack == 0.5


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (None, "is of type NoneType"),
        (3, "is of type int"),
        ([[1], [2, 3]], "is a ragged list"),
        ([[1, 2]], "has 2 dimensions"),
        ([], "holds 0 values"),
        ([1.0, 2.0], "holds 2 values of dtype float64"),
        ([1, -1], "names item -1"),
        ([1, 5], "names item 5"),
        ([1], "names 1 items"),
        ([1, 2, 2], "names item 2 2 times"),
        (np.array([True, False]), "of dtype bool"),
    ],
)
def test_what_is_no_ranking(answer, wrong):
    with pytest.raises(InvalidAnswer) as caught:
        ranking_of(answer, 5, 2, "query 7")
    assert str(caught.value).startswith("the answer to query 7 ")
    assert wrong in str(caught.value)
    assert "expected a one-dimensional array of at least 2 different integers 0..4" in str(
        caught.value
    )
