"""Free embeddings: sets in order, margins, the moment curve, and gradient descent."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_retrieval.free_embedding import problem as board
from bench_retrieval.free_embedding.gradient import Gradient
from bench_retrieval.free_embedding.problem import FreeEmbedding, margins_of, sets_of
from bench_retrieval.free_embedding.random_documents import RandomDocuments
from bench_retrieval.free_embedding.trigonometric import Trigonometric
from harness.api import Case, Data, InvalidAnswer, InvalidCase

PROBLEM = FreeEmbedding()


def make(n, dim, k=2, margin=0.0):
    case = Case("sets", {"n": n, "dim": dim, "k": k, "margin": margin})
    return PROBLEM.make(case, np.random.default_rng(0))


def scored(solver, instance, seed=0):
    *_, last = solver.solve(Data(instance.data), np.random.default_rng(seed))
    return PROBLEM.score(instance, last)


@given(st.integers(1, 9), st.data())
def test_sets_are_in_the_order_of_itertools(n, data):
    k = data.draw(st.integers(1, n))
    assert sets_of(n, k).tolist() == [list(own) for own in combinations(range(n), k)]


def test_margins_by_hand(rng, monkeypatch):
    documents, queries = rng.normal(size=(6, 3)), rng.normal(size=(20, 3))
    expected = []
    for query, own in zip(queries, combinations(range(6), 3), strict=True):
        products = documents @ query
        others = [products[i] for i in range(6) if i not in own]
        expected.append(min(2, min(products[i] for i in own) - max(others)))
    for at_once in (1 << 22, 40):
        monkeypatch.setattr(board, "_PRODUCTS", at_once)
        np.testing.assert_allclose(margins_of(documents, queries, sets_of(6, 3)), expected)


def test_equal_products_do_not_count():
    instance = make(3, 2, k=1)
    documents = np.array([[1.0, 0], [1, 0], [0, 1]])
    cost, scores = PROBLEM.score(instance, [documents, documents])
    assert cost == pytest.approx(2 / 3)
    assert scores == {"margin": 0.0, "all_solved": 0.0}


def test_lengths_do_not_matter(rng):
    instance = make(5, 3)
    answer = [rng.normal(size=(5, 3)), rng.normal(size=(10, 3))]
    longer = [part * rng.uniform(0.01, 100, size=(len(part), 1)) for part in answer]
    one, other = (PROBLEM.score(instance, given) for given in (answer, longer))
    assert one[0] == other[0]
    assert one[1]["margin"] == pytest.approx(other[1]["margin"])


def test_lengths_may_be_huge_or_tiny(rng):
    instance = make(5, 3)
    answer = [rng.normal(size=(5, 3)), rng.normal(size=(10, 3))]
    expected = PROBLEM.score(instance, answer)
    for scale in (2.0**900, 2.0**-900):
        assert PROBLEM.score(instance, [part * scale for part in answer]) == expected


def test_rounding_holds_no_set(rng):
    """Documents that are all but one, and queries that rounding lets single out each pair."""
    n, at_a_time = 6, 200_000
    instance = make(n, 2)  # in two dimensions no more than 3 documents can be told apart
    places = 0.5 + 3e-16 * rng.normal(size=n)
    documents = np.stack([np.cos(places), np.sin(places)], axis=1)
    documents = board._unit(documents, (n, 2), "")
    turns = rng.uniform(0, 2 * np.pi, at_a_time)
    tried = board._unit(np.stack([np.cos(turns), np.sin(turns)], axis=1), (at_a_time, 2), "")
    products = tried @ documents.T
    queries = []
    for own in combinations(range(n), 2):
        others = [i for i in range(n) if i not in own]
        gaps = products[:, own].min(axis=1) - products[:, others].max(axis=1)
        queries.append(tried[gaps.argmax()])
    cost, scores = PROBLEM.score(instance, [documents, np.array(queries)])
    assert 0 <= abs(scores["margin"]) < 1e-15
    assert margins_of(documents, np.array(queries), sets_of(n, 2)).max() > 0  # by chance
    assert cost == 1


GOOD = [np.ones((3, 2)), np.ones((3, 2))]


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (None, "no list of two arrays"),
        (GOOD[:1], "no list of two arrays"),
        ([GOOD[0], None], "the queries are of type NoneType"),
        ([GOOD[0].astype(complex), GOOD[1]], "the documents are of type complex128"),
        ([GOOD[0][:2], GOOD[1]], r"the documents have shape \(2, 2\)"),
        ([GOOD[0], GOOD[1][:, :1]], r"the queries have shape \(3, 1\)"),
        ([GOOD[0] * np.nan, GOOD[1]], "zero or not finite"),
        ([GOOD[0], GOOD[1] * 0], "zero or not finite"),
    ],
)
def test_refused_answers(answer, wrong):
    with pytest.raises(InvalidAnswer, match=wrong):
        PROBLEM.score(make(3, 2), answer)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"n": 0, "dim": 1}, "n is 0, expected at least 1: choose a larger n"),
        ({"n": 3, "dim": 0}, "dim is 0, expected at least 1"),
        ({"n": 3, "dim": 1, "k": 0}, "k is 0, expected at least 1"),
        ({"n": 3, "dim": 1, "k": 4}, "k is 4, expected at most n = 3: choose a smaller k"),
        ({"n": 3, "dim": 1, "margin": -0.1}, "margin is -0.1, expected 0 or above, below 2"),
        ({"n": 3, "dim": 1, "margin": math.nan}, "margin is nan, expected 0 or above"),
        ({"n": 100, "dim": 9, "k": 9}, "sets of 9 of 100, expected at most 2000000"),
    ],
)
def test_refused_parameters(parameters, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(**parameters)
    assert sentence in str(caught.value)


# The moment curve


def test_the_identity_behind_it(rng):
    t, a, b = rng.uniform(0, 2 * np.pi, size=(3, 1000))
    product = (1 - np.cos(t - a)) * (1 - np.cos(t - b))
    terms = np.cos(a - b) / 2 + np.cos(2 * t - a - b) / 2
    np.testing.assert_allclose(product, 1 + terms - np.cos(t - a) - np.cos(t - b), atol=1e-14)


@pytest.mark.parametrize(
    ("n", "k", "margin"),
    [(46, 2, 3.0e-5), (200, 2, 8.4e-8), (1000, 2, 1.34e-10), (30, 3, 6.2e-6), (100, 3, 4.4e-9)],
)
def test_a_curve_of_2k_entries_holds_every_set(n, k, margin):
    cost, scores = scored(Trigonometric(), make(n, 2 * k, k))
    assert cost == 0
    assert scores["all_solved"] == 1
    assert scores["margin"] == pytest.approx(margin, rel=0.02)


def test_single_precision_loses_sets_beyond_about_fifty():
    for n, least, most in ((46, 0, 0), (200, 10, 500)):
        instance = make(n, 4)
        *_, last = Trigonometric().solve(Data(instance.data), None)
        narrow = [
            (part / np.linalg.norm(part, axis=1, keepdims=True)).astype(np.float32) for part in last
        ]
        margins = margins_of(*narrow, sets_of(n, 2))
        assert least <= np.count_nonzero(margins <= 0) <= most


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("extra", [0, 3])
def test_a_curve_for_every_k(k, extra):
    for n in (k, k + 1, 2 * k + 3):
        assert scored(Trigonometric(), make(n, 2 * k + extra, k))[0] == 0


def test_more_than_a_curve_can_hold():
    assert scored(Trigonometric(), make(30, 3))[0] > 0.5
    assert scored(Trigonometric(), make(30, 4, margin=0.01))[0] > 0.5


# Gradient descent


def test_the_slope_is_that_of_the_loss(rng):
    sets = sets_of(5, 2)
    rows = np.arange(len(sets))[:, None]
    products = rng.normal(size=(len(sets), 5))
    for solver in (Gradient(), Gradient(together=True)):
        slope, loss = solver._slope(products.copy(), rows, sets)
        logits = products / 0.1
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        own = shares[rows, sets]
        expected = -np.log(own.sum(axis=1)) if solver.together else -np.log(own)
        assert loss == pytest.approx(expected.mean())
        for place in ((0, 0), (3, 4), (9, 2)):
            moved = products.copy()
            moved[place] += 1e-6
            rate = (solver._slope(moved, rows, sets)[1] - loss) / 1e-6
            assert slope[place] == pytest.approx(rate, abs=1e-4)


@pytest.mark.parametrize(("n", "dim"), [(9, 4), (13, 5), (18, 6)])
def test_gradient_descent_finds_the_published_sizes(n, dim):
    """Of three starts the best; n is about what the paper's cubic says for dim."""
    instance = make(n, dim)
    assert min(scored(Gradient(), instance, seed)[0] for seed in range(3)) == 0


@pytest.mark.parametrize(("n", "dim"), [(12, 4), (23, 6)])
def test_gradient_descent_does_not_find_what_there_is(n, dim):
    instance = make(n, dim)
    assert instance.optimum == 0
    assert min(scored(Gradient(), instance, seed)[0] for seed in range(3)) > 0


def test_the_best_answer_counts():
    instance = make(12, 4)
    answers = list(Gradient(steps=600).solve(Data(instance.data), np.random.default_rng(0)))
    costs = [PROBLEM.score(instance, answer)[0] for answer in answers]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]


@pytest.mark.parametrize(("fall", "looks"), [(0.0, 3), (0.5e-5, 20)])
def test_slow_falls_of_the_loss_add_up(fall, looks, monkeypatch):
    """Half of what counts as a fall at each step is a fall every other step."""
    losses = (1 - fall * step for step in range(2000))

    def slope(self, products, rows, sets):
        return np.zeros_like(products), next(losses)

    monkeypatch.setattr(Gradient, "_slope", slope)
    solver = Gradient(steps=1000, patience=100)
    answers = list(solver.solve(Data(make(12, 4).data), np.random.default_rng(0)))
    assert len(answers) == looks + 1  # a look every 50 steps, and the end


def test_gradient_descent_keeps_a_larger_margin():
    instance = make(46, 12)
    margins = [scored(solver, instance)[1]["margin"] for solver in (Gradient(), Trigonometric())]
    assert margins[0] > 10 * margins[1] > 0


@pytest.mark.parametrize("solver", [Trigonometric(), Gradient(steps=60), RandomDocuments()])
def test_no_answer_is_better_than_the_optimum(solver):
    for n, dim, k in ((1, 1, 1), (2, 1, 1), (3, 2, 2), (5, 4, 4), (5, 3, 5), (7, 1, 2), (4, 1, 2)):
        instance = make(n, dim, k)
        least = PROBLEM.exact(instance)
        assert scored(solver, instance)[0] >= least - 1e-12
    assert PROBLEM.exact(make(4, 1)) == pytest.approx(1 - 2 / 6)
    assert PROBLEM.exact(make(5, 3)) is None


def test_what_a_line_can_hold():
    """All signs of four documents, and for each set the better query: never more than said."""
    least = min(
        np.mean(
            [
                max(
                    min(q * signs[i] for i in own)
                    - max(q * signs[i] for i in range(4) if i not in own)
                    for q in (-1, 1)
                )
                <= 0
                for own in combinations(range(4), 2)
            ]
        )
        for signs in np.array(np.meshgrid(*[[-1, 1]] * 4)).reshape(4, -1).T
    )
    assert PROBLEM.exact(make(4, 1)) == pytest.approx(least)


@pytest.mark.parametrize(
    "wrong", [{"rate": 0.0}, {"temperature": -1.0}, {"steps": 0}, {"patience": 0}]
)
def test_refused_settings(wrong):
    with pytest.raises(ValueError, match="must be"):
        Gradient(**wrong)
