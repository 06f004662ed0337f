"""Nearest-neighbour prediction: the problem, the rules, and the answers that are known."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from bench_retrieval.neighbour_prediction import _rules
from bench_retrieval.neighbour_prediction.nearest_neighbours import NearestNeighbours
from bench_retrieval.neighbour_prediction.nearest_neighbours_cv import NearestNeighboursCV
from bench_retrieval.neighbour_prediction.peer_sklearn_neighbours import PeerNeighbours
from bench_retrieval.neighbour_prediction.problem import NeighbourPrediction
from bench_retrieval.neighbour_prediction.split_nearest import (
    SplitNearest,
    group_minima,
    kept_of,
)
from harness.api import Case, Data, Instance, InvalidAnswer, InvalidCase
from harness.selectors import adapt, parse

PROBLEM = NeighbourPrediction()
SOLVERS = (SplitNearest, NearestNeighbours, NearestNeighboursCV, PeerNeighbours)


def make(text, seed=0):
    family, given_parameters = parse(text)
    defaults = PROBLEM.families[family]
    assert set(given_parameters) <= set(defaults)
    adapted = {name: adapt(value, defaults[name], text) for name, value in given_parameters.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def of(points, labels, queries):
    labels = np.asarray(labels)
    data = {
        "points": np.asarray(points, float).reshape(len(points), -1),
        "labels": labels,
        "queries": np.asarray(queries, float).reshape(len(queries), -1),
        "classes": int(labels.max()) + 1 if labels.dtype.kind == "i" else 0,
    }
    return Instance(data)


def said(solver, instance, seed=0):
    rng = np.random.default_rng(seed)
    return list(solver.solve(Data(instance.data), rng))[-1]


def cost(solver, instance, seed=0):
    return PROBLEM.score(instance, said(solver, instance, seed))[0]


# The rule


X = [0.05, 0.11, 0.2, 0.28, 0.33, 0.41, 0.52, 0.6, 0.67, 0.73, 0.85, 0.94]
Y = [0, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1]
GROUPS = ([0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11])


@pytest.mark.parametrize(
    ("query", "gaps", "votes", "expected"),
    [
        (0.3, [0.03, 0.11, 0.1, 0.02], [1, 1, 1, 0], [0, 0.5, 2 / 3, 0.75]),
        (0.58, [0.09, 0.15, 0.06, 0.02], [1, 0, 0, 1], [1, 0.5, 2 / 3, 0.5]),
    ],
)
def test_twelve_points_in_four_groups(query, gaps, votes, expected):
    order = np.concatenate(GROUPS)
    points, labels = np.array(X)[order][:, None], np.array(Y, float)[order]
    ((_, near),) = group_minima(points, np.array([[query]]), 4)
    nearest_first = np.argsort(gaps)
    np.testing.assert_allclose(np.abs(points[near[0], 0] - query), np.sort(gaps))
    assert labels[near[0]].tolist() == [votes[group] for group in nearest_first]
    for kept in range(1, 5):
        assert _rules.vote(labels[near[:, :kept]], 0)[0] == pytest.approx(expected[kept - 1])


def test_one_point_a_group_is_k_nn(rng):
    points, labels, queries = rng.random((60, 3)), rng.random(60), rng.random((40, 3))
    instance = of(points, labels, queries)
    solver = SplitNearest(scale=1e9, ratio=7 / 60)
    expected = KNeighborsRegressor(7).fit(points, labels).predict(queries)
    np.testing.assert_allclose(said(solver, instance), expected, rtol=1e-13)


def test_one_group_or_the_nearest_of_all_is_1_nn(rng):
    points, queries = rng.random((50, 2)), rng.random((30, 2))
    instance = of(points, rng.integers(3, size=50), queries)
    expected = said(NearestNeighbours(k=1), instance)
    for solver in (SplitNearest(scale=1e-9, ratio=1.0), SplitNearest(ratio=1e-9)):
        for seed in range(3):
            np.testing.assert_array_equal(said(solver, instance, seed), expected)


@settings(max_examples=60)
@given(n=st.integers(1, 60), groups=st.integers(1, 60), seed=st.integers(0, 1000))
def test_groups_differ_by_one_point_at_most(n, groups, seed):
    """Against each group searched by itself; whole numbers, so that there are ties."""
    groups = min(n, groups)
    rng = np.random.default_rng(seed)
    points, queries = (rng.integers(5, size=(m, 2)).astype(float) for m in (n, 4))
    ((_, near),) = group_minima(points, queries, groups)
    sizes = [n // groups + 1] * (n % groups) + [n // groups] * (groups - n % groups)
    ends = np.cumsum(sizes)
    for query, found in zip(queries, near, strict=True):
        gaps = ((points - query) ** 2).sum(axis=1)
        firsts = [a + gaps[a:b].argmin() for a, b in zip(ends - sizes, ends, strict=True)]
        assert found.tolist() == sorted(firsts, key=lambda row: (gaps[row], row))


def test_how_many_groups_and_how_many_are_kept():
    found = [_rules.groups_for(n, 5, 10, 1) for n in (500, 2500, 12500, 62500, 312500)]
    assert found == [60, 94, 149, 235, 372]
    assert _rules.groups_for(5, 2, 10, 1) == 5
    assert [kept_of(60, ratio) for ratio in (0.001, 0.2212, 0.5, 0.999, 1)] == [1, 14, 30, 59, 60]
    assert kept_of(1, 0.3) == 1


def test_k_is_the_whole_number_nearest_to_what_the_split_rule_acts_as():
    """M (H_M - H_{M-L}), L = M / 2 rounded up: 41.1 of 60, 64.7 of 94, 103.8 of 149."""
    cases = [(500, 60), (2500, 94), (12500, 149), (62500, 235)]
    assert [_rules.neighbours_for(n, groups, 0.69) for n, groups in cases] == [41, 65, 103, 162]
    assert [_rules.neighbours_for(n, groups, 0.25) for n, groups in cases] == [15, 24, 37, 59]
    assert _rules.neighbours_for(5, 60, 0.69) == 5
    assert _rules.neighbours_for(5, 1, 0.25) == 1


@pytest.mark.parametrize("solver", [NearestNeighbours, PeerNeighbours])
def test_rivals_take_that_k(solver):
    instance = make("gaussians[n=500,queries=300]")
    expected = said(NearestNeighbours(k=41), instance)
    np.testing.assert_array_equal(said(solver(share=0.69), instance), expected)


def test_the_rank_of_a_kept_point():
    """M (H_M - H_{M-j}): the coupon collector's law."""
    n, groups, rng = 20_000, 200, np.random.default_rng(0)
    points, wanted = np.arange(n, dtype=float)[:, None], np.array([1, 20, 45, 100, 150])
    ranks = []
    for _ in range(150):
        order = rng.permutation(n)
        ((_, near),) = group_minima(points[order], np.array([[-1.0]]), groups)
        ranks.append(order[near[0]][wanted - 1] + 1)
    harmonic = np.concatenate([[0], np.cumsum(1 / np.arange(1, groups + 1))])
    law = groups * (harmonic[groups] - harmonic[groups - wanted])
    np.testing.assert_allclose(law, [1, 21.0, 50.8, 138.1, 275.8], atol=0.1)
    np.testing.assert_allclose(np.mean(ranks, axis=0), law, rtol=0.06)


def test_a_tied_vote_goes_to_the_first_class():
    labels = np.array([[0, 1], [2, 1], [1, 1], [2, 0]])
    assert _rules.vote(labels, 3).tolist() == [0, 1, 1, 0]
    assert _rules.vote(np.array([[0.5, 1.0]]), 0).tolist() == [0.75]


# The rivals


@settings(max_examples=30)
@given(n=st.integers(1, 50), k=st.integers(1, 50), seed=st.integers(0, 1000))
def test_k_nn_is_that_of_scikit_learn(n, k, seed):
    rng = np.random.default_rng(seed)
    points, queries, k = rng.random((n, 3)), rng.random((9, 3)), min(n, k)
    labels = rng.integers(3, size=n)
    expected = KNeighborsClassifier(k).fit(points, labels).predict(queries)
    np.testing.assert_array_equal(
        said(NearestNeighbours(k=k), of(points, labels, queries)), expected
    )


def test_blocks_of_queries_change_nothing(monkeypatch):
    instance = make("gaussians[n=200,queries=50]")
    solvers = [solver() for solver in SOLVERS]
    whole = [said(solver, instance) for solver in solvers]
    monkeypatch.setattr(_rules, "_ENTRIES_AT_ONCE", 700)
    for solver, expected in zip(solvers, whole, strict=True):
        np.testing.assert_array_equal(said(solver, instance), expected)


def test_cross_validation_takes_few_neighbours_without_noise_and_many_with(rng):
    costs = {}
    for noise in (0.0, 2.0):
        instance = make(f"smooth[n=1000,noise={noise},queries=500]")
        costs[noise] = [
            cost(solver, instance)
            for solver in (NearestNeighboursCV(), NearestNeighbours(k=1), NearestNeighbours(k=63))
        ]
    assert costs[0.0][0] < 0.5 * costs[0.0][2]
    assert costs[2.0][0] < 0.1 * costs[2.0][1]


def test_error_rates_of_the_literature_s_mixture():
    """n = 2500, deviation 3: all .182, half of them .119, .2212 M .086; M-NN .152, M/4-NN .087."""
    instance = make("gaussians[n=2500,queries=4000]")
    for solver, expected in (
        (SplitNearest(ratio=1.0), 0.182),
        (SplitNearest(ratio=0.5), 0.119),
        (SplitNearest(), 0.086),
        (NearestNeighbours(share=1.0), 0.152),
        (NearestNeighbours(), 0.087),
        (NearestNeighbours(k=1), 0.079),
    ):
        assert cost(solver, instance) == pytest.approx(expected, abs=0.02), solver


def test_the_plain_rule_loses_a_factor_that_selection_wins_back():
    """Squared errors against M-NN, M = 2 n^(1/2): 1.7 and .8 at these sizes."""
    against = []
    for seed in range(3):
        instance = make("smooth[n=4000,queries=1000]", seed)
        rivals = NearestNeighbours(share=1.0, scale=2.0)
        pair = SplitNearest(ratio=1.0, scale=2.0), SplitNearest(ratio=0.5, scale=2.0)
        against.append([cost(solver, instance) / cost(rivals, instance) for solver in pair])
    plain, selective = np.mean(against, axis=0)
    assert 1.3 < plain < 2.5
    assert 0.6 < selective < 1.1


# The problem


@pytest.mark.parametrize(
    ("deviation", "bayes"), [(0.5, 0.0352), (1, 0.131776), (2, 0.1014), (3, 0.0431), (4, 0.0192)]
)
def test_the_best_rule_has_the_known_error(deviation, bayes):
    instance = make(f"gaussians[n=1,deviation={deviation},queries=100000]")
    truth = instance.truth
    assert np.mean(truth["bayes"] != truth["labels"]) == pytest.approx(bayes, abs=0.004)
    assert PROBLEM.score(instance, truth["bayes"])[1] == {"above_bayes": 0}


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("text", PROBLEM.suites["edge"])
def test_the_smallest_cases(solver, text):
    instance = make(text)
    found = cost(solver(), instance)
    assert np.isfinite(found)
    assert PROBLEM.exact(instance) in (0, None)


def test_costs_by_hand():
    instance = of([[0.0], [1.0]], [0, 2], [[0.1], [0.9], [0.2], [0.3]])
    classes = Instance(instance.data, {"labels": np.array([0, 2, 1, 1])})
    assert PROBLEM.score(classes, [0, 2, 0, 1]) == (0.25, {})
    assert PROBLEM.items(classes, [0, 2, 0, 1]).tolist() == [True, True, False, True]
    values = of([[0.0]], [0.5], [[0.1], [0.9]])
    values = Instance(values.data, {"values": np.array([1.0, 3.0])})
    assert PROBLEM.score(values, [1, 1])[0] == 2
    assert PROBLEM.items(values, [1, 1]) is None


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "the answer is None"),
        ([0, 1], "has shape"),
        ([0, 1, 3], "names class 3"),
        ([0, 1, -1], "names class -1"),
        ([0.0, 1.0, 1.0], "dtype float64"),
        ([[0], [1, 2], 3], "unequal length"),
    ],
)
def test_what_is_no_answer(answer, message):
    instance = of([[0.0], [1.0]], [0, 2], [[0.1], [0.9], [0.2]])
    instance = Instance(instance.data, {"labels": np.array([0, 2, 1])})
    with pytest.raises(InvalidAnswer, match=message):
        PROBLEM.score(instance, answer)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e200])
def test_a_value_must_be_finite(bad):
    instance = Instance(of([[0.0]], [0.5], [[0.1]]).data, {"values": np.array([1.0])})
    with pytest.raises(InvalidAnswer, match="prediction 0 is"):
        PROBLEM.score(instance, np.array([bad]))


def test_symmetries_keep_the_cost(rng):
    for text in ("gaussians[n=50,queries=20]", "smooth[n=50,queries=20]", "digits[n=1790]"):
        instance = make(text)
        for symmetry in PROBLEM.symmetries(instance, rng):
            found = said(NearestNeighbours(), symmetry.instance)
            there = PROBLEM.score(symmetry.instance, found)[0]
            assert PROBLEM.score(instance, symmetry.back(found))[0] == pytest.approx(there)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gaussians[n=0]", "n is 0, expected at least 1"),
        ("gaussians[deviation=0]", "deviation is 0"),
        ("gaussians[deviation=1e200]", "deviation is 1e+200"),
        ("smooth[noise=-1]", "noise is -1"),
        ("smooth[noise=1e300]", "noise is 1e+300"),
        ("digits[n=1797]", "digits has 1797 points, got n=1797"),
        ("file", "needs points: write file"),
        ("file[path=nowhere.npy]", "nowhere.npy cannot be read"),
    ],
)
def test_impossible_cases_are_refused(text, message):
    with pytest.raises(InvalidCase, match=re.escape(message)):
        make(text)


def test_points_of_a_file(tmp_path, rng):
    path, table = tmp_path / "points.npy", rng.random((30, 3))
    table[:, 2] = rng.integers(3, size=30)
    np.save(path, table)
    instance = make(f"file[path={path},n=20]")
    assert instance.sizes == {"n": 20, "d": 2, "queries": 10}
    assert instance.data["classes"] == 3
    spoiled = table.copy()
    spoiled[:, 0] = np.nan
    for wrong, message in (
        (spoiled, "NaN or infinite"),
        (table[:, :1], "expected coordinates and the class"),
        (table[:, ::-1], "other numbers than classes"),
        (table[0], "no matrix"),
    ):
        np.save(path, wrong)
        with pytest.raises(InvalidCase, match=message):
            make(f"file[path={path},n=20]")


@pytest.mark.parametrize(
    ("bad", "message"),
    [(np.nan, "NaN or infinite"), (np.inf, "NaN or infinite"), (-1e101, "beyond 1e+100")],
)
@pytest.mark.parametrize("n", [1, 29])
def test_no_point_of_a_file_may_be_bad_wherever_it_lands(tmp_path, bad, message, n):
    """Among the 30 points one is bad, now a training point, now one to predict."""
    path, table = tmp_path / "points.npy", np.zeros((30, 3))
    table[4, 1] = bad
    np.save(path, table)
    for seed in range(4):
        with pytest.raises(InvalidCase, match=re.escape(message)):
            make(f"file[path={path},n={n}]", seed)


def test_squared_errors_fall_as_fast_as_the_paper_says():
    """Slopes of the logarithms measured elsewhere, n = 1,000 to 64,000, M = 2 n^(1/2): -.65 for
    the plain rule, -.61 and -.51 for half and .2212 of M, -.68 for M-NN; Lipschitz: -.5."""
    sizes = (1000, 4000, 16000)
    rules = (
        SplitNearest(scale=2.0, ratio=1.0),
        SplitNearest(scale=2.0, ratio=0.5),
        SplitNearest(scale=2.0),
        NearestNeighbours(share=1.0, scale=2.0),
    )
    costs = np.zeros((len(rules), len(sizes)))
    for place, n in enumerate(sizes):
        for seed in range(4):
            instance = make(f"smooth[n={n},queries=500]", seed)
            costs[:, place] += [cost(solver, instance, seed) for solver in rules]
    slopes = np.polyfit(np.log(sizes), np.log(costs.T), 1)[0]
    assert (slopes > -0.8).all(), slopes
    assert (slopes < -0.4).all(), slopes


@pytest.mark.parametrize(
    ("solver", "parameters"),
    [
        (SplitNearest, {"ratio": 0.0}),
        (SplitNearest, {"scale": float("nan")}),
        (NearestNeighbours, {"k": -1}),
        (NearestNeighbours, {"share": 0}),
        (NearestNeighboursCV, {"folds": 1}),
        (NearestNeighboursCV, {"largest": 0}),
        (PeerNeighbours, {"smoothness": -1.0}),
    ],
)
def test_bad_parameters(solver, parameters):
    with pytest.raises(ValueError, match=f"{next(iter(parameters))} = .*; expected"):
        solver(**parameters)
