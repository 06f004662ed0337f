"""The board of least squares under interpolation: its optimum, its constants, its oracle."""

import numpy as np
import pytest
from scipy.linalg import eigh

from bench_optimization.least_squares_interpolation.problem import LeastSquaresInterpolation
from harness.api import BudgetSpent, Data, InvalidAnswer, InvalidCase, Meter
from harness.cases import make_case

PROBLEM = LeastSquaresInterpolation()
NAME = "least_squares_interpolation"


def made(text, seed=0):
    return PROBLEM.make(make_case(NAME, PROBLEM, text), np.random.default_rng(seed))


def opened(instance, calls=None):
    return PROBLEM.open(Data(instance.data), Meter(calls))


def loss(instance, x):
    data = instance.data
    return ((data["features"] @ x - data["targets"]) ** 2).sum() / (2 * len(data["targets"]))


SMALL = [
    "unit_rows[n=40,d=5]",
    "unit_rows[n=40,d=5,noise=0.3]",
    "spectrum[n=50,d=4,condition=20]",
    "spectrum[n=50,d=4,condition=20,noise=0.3]",
    "overparameterised[n=8,d=20]",
    "duplicates[n=30,d=6,distinct=4]",
    "rare[n=30,d=5,rare=2]",
    "real",
]


@pytest.mark.parametrize("text", SMALL)
def test_the_optimum_is_that_of_lstsq(text):
    instance = made(text)
    data = instance.data
    step = np.linalg.lstsq(data["features"], data["targets"] - data["features"] @ data["start"])[0]
    nearest = data["start"] + step
    np.testing.assert_allclose(instance.truth["solution"], nearest, rtol=1e-9, atol=1e-12)
    cost, scores = PROBLEM.score(instance, nearest)
    assert cost == -10.0
    assert scores["gradient_norm"] < 1e-12
    assert scores["distance_to_nearest_solution"] < 1e-10


@pytest.mark.parametrize("text", SMALL)
def test_the_cost_is_the_log_of_the_gap_against_that_of_the_start(text):
    instance = made(text)
    start, best = instance.data["start"], instance.truth["solution"]
    x = start + np.random.default_rng(1).normal(size=len(start))
    least = loss(instance, best)
    expected = np.log10((loss(instance, x) - least) / (loss(instance, start) - least))
    assert PROBLEM.score(instance, x)[0] == pytest.approx(expected, abs=1e-9)
    assert PROBLEM.score(instance, start)[0] == pytest.approx(0.0, abs=1e-12)
    # The gap of a quadratic falls with the square of the distance.
    near = best + 0.01 * (x - best)
    assert PROBLEM.score(instance, near)[0] == pytest.approx(expected - 4, abs=1e-6)


@pytest.mark.parametrize("text", SMALL)
def test_the_constants_are_what_their_names_say(text):
    instance = made(text)
    rows, oracle = instance.data["features"], opened(instance)
    n = len(rows)
    values, vectors = np.linalg.eigh(rows.T @ rows / n)
    kept = values > 1e-10 * values[-1]
    space = vectors[:, kept]
    hessian = np.diag(values[kept])
    inner = rows @ space
    squares = (rows**2).sum(axis=1)
    fourth = (inner * squares[:, None]).T @ inner / n
    assert oracle.smoothness == pytest.approx(values[-1])
    assert oracle.strong_convexity == pytest.approx(values[kept][0])
    assert oracle.component_smoothness == pytest.approx(squares.max())
    assert oracle.growth == pytest.approx(eigh(fourth, hessian @ hessian)[0][-1])
    assert oracle.second_moment_smoothness == pytest.approx(eigh(fourth, hessian)[0][-1])
    leverage = (inner**2 / values[kept]).sum(axis=1)
    statistical = (inner * leverage[:, None]).T @ inner / n
    assert oracle.statistical_condition == pytest.approx(eigh(statistical, hessian)[0][-1])
    normal = np.linalg.eigvalsh((inner / squares[:, None]).T @ inner)
    assert oracle.row_convexity == pytest.approx(normal[0])


def test_the_growth_constant_bounds_sampled_gradients_and_is_reached():
    instance = made("spectrum[n=60,d=4,condition=10]")
    data, oracle = instance.data, opened(instance)
    best = instance.truth["solution"]
    rows = data["features"]

    def growth(x):
        single = (rows @ x - data["targets"])[:, None] * rows
        return (single**2).sum(axis=1).mean() / (single.mean(axis=0) ** 2).sum()

    rng = np.random.default_rng(2)
    tried = [growth(best + rng.normal(size=4)) for _ in range(200)]
    assert max(tried) <= oracle.growth * (1 + 1e-9)
    squares = (rows**2).sum(axis=1)
    hessian = rows.T @ rows / 60
    worst = eigh((rows * squares[:, None]).T @ rows / 60, hessian @ hessian)[1][:, -1]
    assert growth(best + worst) == pytest.approx(oracle.growth)


def test_gradients_are_those_of_the_loss():
    instance = made("spectrum[n=30,d=4,condition=10,noise=0.2]")
    oracle = opened(instance)
    x = np.random.default_rng(0).normal(size=4)
    steps = 1e-6 * np.eye(4)
    slopes = [(loss(instance, x + e) - loss(instance, x - e)) / 2e-6 for e in steps]
    np.testing.assert_allclose(oracle.gradient(x), slopes, rtol=1e-7)
    assert oracle.value(x) == pytest.approx(loss(instance, x))
    value, slope = oracle.value_and_gradient(x)
    assert value == pytest.approx(loss(instance, x))
    np.testing.assert_allclose(slope, slopes, rtol=1e-7)
    singles = [oracle.stochastic_gradient(x, [i]) for i in range(30)]
    np.testing.assert_allclose(np.mean(singles, axis=0), slopes, rtol=1e-7)
    np.testing.assert_allclose(
        oracle.stochastic_gradient(x, np.array([3, 3, 7])),
        (2 * singles[3] + singles[7]) / 3,
        rtol=1e-12,
    )


def test_each_component_counts():
    instance = made("unit_rows[n=10,d=3,passes=5]")
    meter = Meter()
    oracle = PROBLEM.open(Data(instance.data), meter)
    assert (oracle.calls, meter.limit) == (50, 50)
    x = oracle.start
    oracle.stochastic_gradient(x, [4])
    oracle.stochastic_gradient(x, [4, 4, 4])
    assert meter.calls == 4
    for full in (oracle.gradient, oracle.value, oracle.value_and_gradient):
        full(x)
    assert meter.calls == 34
    oracle.gradient(x)
    with pytest.raises(BudgetSpent):
        oracle.gradient(x)
    assert meter.calls == 44  # what was refused is not counted
    assert PROBLEM.open(Data(instance.data), Meter(7)).calls == 50
    assert opened(instance, 7)._meter.limit == 7


@pytest.mark.parametrize(
    ("indices", "error"),
    [
        ([10], IndexError),
        ([-1], IndexError),
        ([0, 10], IndexError),
        ([0, -1], IndexError),
        ([], ValueError),
        ([0.5], ValueError),
        ([[1]], ValueError),
        (3, ValueError),
    ],
)
def test_bad_indices_are_refused_uncounted(indices, error):
    oracle = opened(made("unit_rows[n=10,d=3]"))
    with pytest.raises(error, match="expected"):
        oracle.stochastic_gradient(oracle.start, indices)
    assert oracle._meter.calls == 0


def test_the_start_is_a_copy():
    instance = made("overparameterised[n=4,d=6]")
    before = instance.data["start"].copy()
    opened(instance).start[:] = 0
    np.testing.assert_array_equal(instance.data["start"], before)


@pytest.mark.parametrize(
    "text",
    [
        "unit_rows[n=0]",
        "unit_rows[d=0]",
        "unit_rows[passes=0]",
        "unit_rows[noise=-1]",
        "spectrum[condition=0.5]",
        "overparameterised[n=5,d=4]",
        "duplicates[distinct=0]",
        "rare[rare=0]",
        "rare[n=5,d=9,rare=5]",
        "real[name=iris]",
    ],
)
def test_impossible_cases_are_refused(text):
    with pytest.raises(InvalidCase, match="expected"):
        made(text)


@pytest.mark.parametrize(
    "answer", [None, "x", [0.0] * 3, np.zeros(4), np.zeros((3, 1)), np.array([0.0, np.nan, 0.0])]
)
def test_what_is_no_point_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        PROBLEM.score(made("unit_rows[n=10,d=3]"), answer)


def test_a_point_whose_loss_overflows_is_refused():
    with pytest.raises(InvalidAnswer, match="diverged"):
        PROBLEM.score(made("unit_rows[n=10,d=3]"), np.full(3, 1e200))


def test_families_have_the_shape_they_announce():
    rows = made("unit_rows[n=3000,d=20]").data["features"]
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, rtol=1e-12)
    instance = made("unit_rows[n=2000,d=50]")
    assert instance.sizes["growth"] == pytest.approx(70, rel=0.1)  # as published for this shape
    assert instance.sizes["condition"] == pytest.approx(1.9, rel=0.1)
    instance = made("spectrum[n=4000,d=20]")
    assert instance.sizes["condition"] == pytest.approx(997, rel=0.2)
    assert instance.sizes["growth"] == pytest.approx(3285, rel=0.2)
    rows = made("duplicates[n=100,d=5,distinct=7]").data["features"]
    assert len(np.unique(rows, axis=0)) <= 7
    rows = made("rare[n=50,d=6,rare=2]").data["features"]
    assert np.count_nonzero(rows[:, -2:].any(axis=1)) == 2
    rows = made("spectrum[n=200000,d=3,condition=100]").data["features"]
    np.testing.assert_allclose(np.linalg.eigvalsh(np.cov(rows.T)), [0.01, 0.1, 1.0], rtol=0.02)


def test_symmetries_leave_the_constants_of_theory_in_step():
    instance = made("spectrum[n=30,d=3,condition=10,noise=0.1]")
    before = opened(instance)
    by_name = {
        s.name: opened(s.instance) for s in PROBLEM.symmetries(instance, np.random.default_rng(0))
    }
    for name in ("rows permuted", "weights turned", "weights and targets times 4"):
        assert by_name[name].smoothness == pytest.approx(before.smoothness)
        assert by_name[name].growth == pytest.approx(before.growth)
    scaled = by_name["rows and targets times 4"]
    assert scaled.strong_convexity == 16 * before.strong_convexity
    assert scaled.second_moment_smoothness == 16 * before.second_moment_smoothness
    assert scaled.growth == before.growth
    np.testing.assert_array_equal(scaled.row_smoothness, 16 * before.row_smoothness)
