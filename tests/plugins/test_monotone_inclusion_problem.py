"""The board of monotone inclusions: its operators, their constants, what is counted and refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_optimization.monotone_inclusion import _operators
from bench_optimization.monotone_inclusion.problem import MonotoneInclusion
from harness.api import BudgetSpent, Data, Instance, InvalidAnswer, InvalidCase, Meter
from harness.cases import make_case

PROBLEM = MonotoneInclusion()
KINDS = [
    "policeman_burglar[n=9]",
    "matrix_game[n=7]",
    "regression[n=11,dim=3]",
    "regression[n=11,dim=3,unit=False]",
    "breast_cancer",
    "saddle[n=6,dim=4,mu=0.3]",
    "saddle[n=6,dim=4,mu=0.0]",
    "rotation[n=5]",
]
GAME = "policeman_burglar[n=500]"


def make(text):
    instance = PROBLEM.make(
        make_case("monotone_inclusion", PROBLEM, text), np.random.default_rng(3)
    )
    return Instance(Data(instance.data), instance.truth, instance.sizes, instance.optimum)


def opened(text, calls=None):
    meter = Meter(calls)
    return PROBLEM.open(make(text).data, meter), meter


def operator_of(text):
    return _operators.operator(make(text).data)


@pytest.mark.parametrize("text", KINDS)
def test_the_mean_of_all_components_is_the_operator(text, rng):
    operator = operator_of(text)
    z, everything = rng.normal(size=operator.dim), np.arange(operator.n)
    singly = np.mean([operator.mean(z, everything[i : i + 1]) for i in everything], axis=0)
    np.testing.assert_allclose(operator.mean(z, everything), operator.full(z), rtol=0, atol=1e-12)
    np.testing.assert_allclose(singly, operator.full(z), rtol=0, atol=1e-12)


@pytest.mark.parametrize("text", KINDS)
def test_components_drawn_twice_count_twice(text, rng):
    operator = operator_of(text)
    u, v = rng.normal(size=(2, operator.dim))
    some = np.array([1, 3, 1, 1])
    expected = np.mean([operator.mean(u, np.array([i])) for i in some], axis=0)
    np.testing.assert_allclose(operator.mean(u, some), expected, atol=1e-12)
    change = operator.mean(u, some) - operator.mean(v, some)
    np.testing.assert_allclose(operator.change(u, v, some), change, atol=1e-12)


def test_a_game_by_hand():
    matrix = np.array([[1.0, 2.0], [5.0, 3.0]])
    game = _operators.Game({"matrix": matrix})
    z = np.array([0.25, 0.75, 0.6, 0.4])
    x, y = z[:2], z[2:]
    np.testing.assert_allclose(game.full(z), np.concatenate([matrix.T @ y, -matrix @ x]))
    first = [2 * y[0] * 1, 2 * y[0] * 2, -2 * x[0] * 1, -2 * x[0] * 5]
    np.testing.assert_allclose(game.mean(z, np.array([0])), first)
    # y'Ax: the best reply of y is row 1, that of x column 1.
    assert game.gap(z) == pytest.approx((5 * 0.25 + 3 * 0.75) - (0.6 * 2 + 0.4 * 3))


def test_the_game_of_the_card():
    data = make(GAME).data
    matrix = data["matrix"]
    assert np.linalg.norm(matrix, 2) == pytest.approx(492.3, abs=0.05)
    assert np.linalg.norm(matrix) == pytest.approx(493.1, abs=0.05)
    assert data["lipschitz"] == pytest.approx(np.linalg.norm(matrix, 2), rel=1e-10)
    # The claims' steps are in units of the average constant.
    assert 15.31 / data["average_lipschitz"] == pytest.approx(5 / np.linalg.norm(matrix), rel=1e-3)
    assert data["average_lipschitz"] / np.linalg.norm(matrix) == pytest.approx(3.06, abs=0.005)


def linear_part(operator):
    zero, unit = np.zeros(operator.dim), np.eye(operator.dim)
    everything = [np.array([i]) for i in range(operator.n)]
    return [
        np.column_stack([operator.change(e, zero, one) for e in unit]) for one in everything
    ]  # the matrix of each component


@pytest.mark.parametrize("text", [text for text in KINDS if text != "breast_cancer"])
def test_constants_are_what_they_say(text):
    """From the matrices of the components, by dense eigenvalues."""
    instance = make(text)
    parts = linear_part(_operators.operator(instance.data))
    full = np.mean(parts, axis=0)
    squares = np.mean([part.T @ part for part in parts], axis=0)
    symmetric = (full + full.T) / 2
    data = instance.data
    assert data["lipschitz"] == pytest.approx(np.linalg.norm(full, 2), rel=1e-9)
    assert data["average_lipschitz"] ** 2 == pytest.approx(
        np.linalg.eigvalsh(squares)[-1], rel=1e-9
    )
    least = np.linalg.eigvalsh(symmetric)[0]
    assert data["strong_monotonicity"] == pytest.approx(max(least, 0), abs=1e-10)
    assert least > -1e-10, "not monotone"
    if math.isfinite(data["average_cocoercivity"]):
        slack = data["average_cocoercivity"] * symmetric - squares
        assert np.linalg.eigvalsh(slack)[0] > -1e-9 * np.linalg.norm(squares)
        assert np.linalg.eigvalsh(0.2 * data["average_cocoercivity"] * symmetric - squares)[0] < 0
    else:
        assert np.linalg.norm(symmetric) < 1e-12, "it is skew"


def test_the_constants_of_robust_regression_bound_it(rng):
    instance = make("breast_cancer")
    operator, data = _operators.operator(instance.data), instance.data
    for size in (0.01, 1.0, 10.0):
        u, v = size * rng.normal(size=(2, operator.dim))
        change = operator.full(u) - operator.full(v)
        each = [operator.change(u, v, np.array([i])) for i in range(operator.n)]
        square, distance = np.mean([part @ part for part in each]), (u - v) @ (u - v)
        assert change @ change <= data["lipschitz"] ** 2 * distance * (1 + 1e-12)
        assert square <= data["average_lipschitz"] ** 2 * distance * (1 + 1e-12)
        assert square <= data["average_cocoercivity"] * (change @ (u - v)) * (1 + 1e-12)


def by_bisection(point):
    low, high = point.min() - 1, point.max()
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.maximum(point - middle, 0).sum() > 1 else (low, middle)
    return np.maximum(point - low, 0)


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 30), scale=st.sampled_from([1e-3, 1.0, 1e3]), seed=st.integers(0, 999))
def test_projections_on_the_simplex(n, scale, seed):
    point = scale * np.random.default_rng(seed).normal(size=n)
    found = _operators.simplex(point)
    np.testing.assert_allclose(found, by_bisection(point), atol=1e-12 * max(1, scale))
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1, abs=1e-12 * max(1, scale))


def test_long_and_tied_points_are_projected():
    assert _operators.simplex(np.zeros(5000)).tolist() == [1 / 5000] * 5000
    assert _operators.simplex(np.array([7.0])).tolist() == [1.0]
    assert _operators.simplex(np.array([3.0, 3.0, -9.0])).tolist() == [0.5, 0.5, 0.0]


# Scores


def test_the_residual_vanishes_at_solutions_and_grows_from_there():
    instance = make("saddle[n=6,dim=4,mu=0.3]")
    (full, shift) = np.mean(linear_part(_operators.operator(instance.data)), axis=0), instance.data
    solution = np.linalg.solve(full, -shift["shift"])
    cost, scores = PROBLEM.score(instance, solution)
    assert cost == -10
    assert scores["residual"] < 1e-13
    assert PROBLEM.score(instance, make("saddle[n=6,dim=4,mu=0.3]").data["start"])[0] == 0
    far = solution + 1e-3 * (instance.data["start"] - solution)
    assert PROBLEM.score(instance, far)[0] == pytest.approx(-3, abs=1e-9)


def test_a_game_has_its_gap_and_its_projection():
    instance = make("matrix_game[n=7]")
    start = instance.data["start"]
    matrix = instance.data["matrix"]
    cost, scores = PROBLEM.score(instance, start)
    assert cost == 0
    assert scores["duality_gap"] == pytest.approx(matrix.mean(1).max() - matrix.mean(0).min())
    # A point outside of the simplices costs, though its projection is the same.
    assert PROBLEM.score(instance, start + 5)[1]["residual"] > 10


def test_the_order_of_components_does_not_matter(rng):
    data = make("regression[n=11,dim=3]").data
    order = rng.permutation(11)
    rows = {"rows": data["rows"][order], "targets": data["targets"][order]}
    other = Instance(Data({**data.as_dict(), **rows}), make("regression[n=11,dim=3]").truth)
    z = rng.normal(size=3)
    expected = PROBLEM.score(make("regression[n=11,dim=3]"), z)[0]
    assert PROBLEM.score(other, z)[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (np.zeros(3), "has the shape (3,), expected (8,)"),
        (np.full(8, np.nan), "is not finite in 8 of 8 entries"),
        ([0.0] * 8, "is a list, expected an array of 8 real numbers"),
        (np.full(8, 1e308), "not finite: the run diverged"),
    ],
)
def test_refused_answers(answer, sentence):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(make("saddle[n=6,dim=4,mu=4.0]"), answer)
    assert sentence in str(caught.value)


# The oracle


@pytest.mark.parametrize("text", KINDS)
def test_calls_are_counted(text):
    oracle, meter = opened(text)
    assert meter.limit == oracle.calls == make(text).data["calls"]
    some = np.arange(3)
    z = oracle.start
    oracle.resolvent(z)
    assert meter.calls == 0
    oracle.operator(z)
    oracle.components(z, some)
    oracle.difference(z, z, some)
    assert meter.calls == oracle.n + 3 + 6


def test_the_budget_of_a_run_may_be_smaller():
    oracle, meter = opened("regression[n=11,dim=3]", calls=20)
    oracle.operator(oracle.start)
    with pytest.raises(BudgetSpent):
        oracle.operator(oracle.start)
    assert meter.calls == 11


@pytest.mark.parametrize(
    "indices",
    [[0], np.array([0.0]), np.array([0], np.int32), np.array([[0]]), np.zeros(0, np.int64)],
)
def test_refused_indices(indices):
    oracle, meter = opened("regression[n=11,dim=3]")
    with pytest.raises(ValueError, match="must be an int64 array of one dimension"):
        oracle.components(oracle.start, indices)
    assert meter.calls == 0


@pytest.mark.parametrize("index", [-1, 11, 2**62, -(2**63)])
def test_indices_out_of_range(index):
    oracle, _ = opened("regression[n=11,dim=3]")
    for ask in (oracle.components, lambda z, some: oracle.difference(z, z, some)):
        with pytest.raises(ValueError, match=r"not within 0\.\.10"):
            ask(oracle.start, np.array([3, index]))


def test_refused_points():
    oracle, _ = opened("regression[n=11,dim=3]")
    with pytest.raises(ValueError, match=r"of shape \(2,\); expected an array of shape \(3,\)"):
        oracle.operator(np.zeros(2))
    with pytest.raises(ValueError, match="of list; expected"):
        oracle.resolvent([0.0, 0.0, 0.0])


def test_what_the_oracle_gives_is_the_solvers_own():
    oracle, _ = opened("rotation[n=5]")
    oracle.start[:] = 9
    oracle.resolvent(oracle.start)[:] = 9
    assert oracle.start.tolist() == [1, 0]


# Cases


@pytest.mark.parametrize("suite", sorted(PROBLEM.suites))
def test_suites_can_be_made(suite):
    for text in PROBLEM.suites[suite]:
        make_case("monotone_inclusion", PROBLEM, text)
        if suite != "large":
            made = make(text)
            assert made.truth["residual"] > 0
            assert made.optimum == -10


def test_no_tuning_case_is_in_another_suite():
    others = {text for name, texts in PROBLEM.suites.items() if name != "tuning" for text in texts}
    assert not others & set(PROBLEM.suites["tuning"])


def test_no_tuning_game_is_a_part_of_another():
    """The wealth of a draw does not depend on n, but for its length."""

    def wealth(text):
        return set(make(text).data["matrix"][0].tolist()[1:])

    games = {
        name: [text for text in PROBLEM.suites[name] if "policeman" in text]
        for name in ("smoke", "standard", "tuning")
    }
    assert all(games.values())
    for text in games["tuning"]:
        for other in games["smoke"] + games["standard"]:
            assert not wealth(text) & wealth(other)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("policeman_burglar[n=1]", "n is 1, expected at least 2: choose a larger n"),
        ("regression[dim=0]", "dim is 0, expected at least 1"),
        ("diabetes[passes=0]", "passes is 0, expected at least 1"),
        ("saddle[mu=-1.0]", "mu is -1.0, expected 0 or above"),
    ],
)
def test_refused_cases(text, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert sentence in str(caught.value)


def test_another_draw_is_another_game():
    first, second = (make(f"policeman_burglar[n=5{draw}]") for draw in ("", ",draw=1"))
    assert not np.array_equal(first.data["matrix"], second.data["matrix"])
