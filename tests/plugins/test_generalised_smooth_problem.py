"""The problem of generalised smoothness: objectives, optima, the oracle, scores."""

import numpy as np
import pytest

from bench_optimization.generalised_smooth import _objectives, _optimum
from bench_optimization.generalised_smooth.problem import GeneralisedSmooth
from harness.api import BudgetSpent, Case, InvalidAnswer, InvalidCase, Meter
from harness.selectors import adapt, parse

PROBLEM = GeneralisedSmooth()
SMALL = {
    "phase": "phase[n=40,dim=6]",
    "power": "power[dim=4,distance=2.0]",
    "quartic": "quartic[n=40,dim=6,distance=2.0]",
    "cosh": "cosh[n=40,dim=6,distance=3.0]",
    "exponential": "exponential[n=40,dim=6,distance=3.0]",
    "robust_regression": "robust_regression[n=40,dim=6]",
}


def make(text, seed=0, draw=0):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    case = Case(family, {**defaults, **adapted}, draw)
    return PROBLEM.make(case, np.random.default_rng(seed))


@pytest.fixture(params=sorted(SMALL))
def small(request):
    return make(SMALL[request.param])


@pytest.fixture(scope="module")
def reference():
    return make("reference")


def by_differences(function, x):
    steps = 1e-5 * np.eye(len(x))
    return np.array([(function(x + step) - function(x - step)) / 2e-5 for step in steps])


# Objectives


def test_gradients_and_hessians_are_derivatives(small, rng):
    function = _objectives.objective(small.data)
    x = small.data["start"] + 0.1 * rng.normal(size=function.dim)
    gradient, hessian = function.gradient(x), function.hessian(x)
    size = np.abs(gradient).max()
    assert gradient == pytest.approx(by_differences(function.value, x), rel=1e-6, abs=1e-6 * size)
    size = np.abs(hessian).max()
    assert np.allclose(hessian, by_differences(function.gradient, x), rtol=1e-5, atol=1e-5 * size)


def test_the_gradient_is_the_mean_over_components(small, rng):
    function = _objectives.objective(small.data)
    x = small.data["start"]
    each = np.array([function.gradient(x, np.array([i])) for i in range(function.n)])
    assert function.gradient(x) == pytest.approx(each.mean(axis=0), rel=1e-10)
    some = rng.integers(function.n, size=7)
    assert function.gradient(x, some) == pytest.approx(each[some].mean(axis=0), rel=1e-10)


def test_values_from_their_formulas():
    rows, targets, x = np.array([[1.0, 2.0]]), np.array([3.0]), np.array([2.0, 0.5])  # a . x = 3
    expected = {"phase": 0.5 * 36, "quartic": 0.0, "cosh": 0.0, "exponential": np.exp(-9.0)}
    data = {"rows": rows, "targets": targets, "times": 2.0, "penalty": 0.5}
    for name, value in expected.items():
        found = _objectives.objective({"objective": name, **data}).value(x)
        assert found == pytest.approx(2 * value + 0.25 * 4.25, rel=1e-14), name
        far = _objectives.objective({"objective": name, **data, "targets": targets - 2, "times": 1})
        level = {"phase": 32.0, "quartic": 4.0, "cosh": np.cosh(2) - 1, "exponential": np.exp(-3)}
        assert far.value(x) == pytest.approx(level[name] + 0.25 * 4.25, rel=1e-14), name


def test_robust_regression_is_the_worst_weighted_mean(rng):
    """The dual at its best h against the primal: weights q >= 0 of mean 1, chi-square penalty."""
    from scipy.optimize import minimize, minimize_scalar

    n, lam = 6, 0.7
    rows, targets, weights = rng.normal(size=(n, 2)), rng.normal(size=n), rng.normal(size=2)
    function = _objectives.ChiSquareRobust({"rows": rows, "targets": targets, "lam": lam})
    dual = minimize_scalar(lambda h: function.value(np.append(weights, h)), tol=1e-12).fun
    losses = 0.5 * (rows @ weights - targets) ** 2
    primal = minimize(
        lambda q: -(q @ losses) / n + lam * np.mean((q - 1) ** 2),
        np.ones(n),
        bounds=[(0, None)] * n,
        constraints={"type": "eq", "fun": lambda q: q.mean() - 1},
        tol=1e-12,
    )
    assert dual == pytest.approx(-primal.fun, rel=1e-6)


# Optima


def test_the_reference_instance_is_that_of_the_known_values(reference):
    function = _objectives.objective(reference.data)
    assert reference.truth["first"] == pytest.approx(2.746e6, rel=1e-3)
    assert reference.truth["least"] == pytest.approx(7.575, abs=5e-4)
    old = np.random.RandomState(1)
    planted = old.normal(0, np.sqrt(0.5), 100)
    assert function.value(planted) == pytest.approx(7.8459, abs=5e-5)


def test_another_draw_of_the_reference_instance_is_another_one(reference):
    other = make("reference", draw=1)
    assert not (other.data["rows"] == reference.data["rows"]).any()
    assert 7 < other.truth["least"] < 9


@pytest.mark.parametrize("text", ["exponential", "robust_regression", "phase"])
def test_no_other_method_finds_less(text):
    from scipy.optimize import minimize

    instance = make(text)
    function = _objectives.objective(instance.data)
    options = {"maxiter": 10_000, "maxfun": 100_000, "ftol": 0.0, "gtol": 1e-13}
    found = minimize(
        function.value, instance.data["start"], jac=function.gradient, options=options,
        method="L-BFGS-B",
    )  # fmt: skip
    scale = instance.truth["first"] - instance.truth["least"]
    assert abs(found.fun - instance.truth["least"]) < 1e-10 * scale


def test_the_least_value_is_exact_where_it_is_planted():
    for text in ("power[dim=3]", "quartic[n=9,dim=3]", "cosh[n=9,dim=3]"):
        instance = make(text)
        function = _objectives.objective(instance.data)
        found = _optimum.polished(function, instance.data["start"])
        assert instance.truth["least"] == 0.0
        assert 0.0 <= function.value(found) < 1e-15 * instance.truth["first"]


def test_newton_from_a_point_of_negative_curvature():
    function = _objectives.objective(make("phase[n=200,dim=3,noise=0.0]").data)
    near_saddle = np.full(3, 1e-3)
    assert np.linalg.eigvalsh(function.hessian(near_saddle)).min() < 0
    assert function.value(_optimum.polished(function, near_saddle)) < 1e-20


# Cases and answers


def test_the_cost_is_in_decades_of_the_gap(small):
    start = np.array(small.data["start"])
    cost, scores = PROBLEM.score(small, start)
    assert cost == 0.0
    assert scores["value"] == small.truth["first"]
    assert small.optimum == -10.0


def test_a_tenth_of_the_gap_costs_one_decade_less():
    power = make("power[dim=2,distance=10.0]")
    cost, scores = PROBLEM.score(power, np.array([10.0, 10.0]) * 1e-3**0.25)
    assert cost == pytest.approx(-3.0)
    assert scores["gap"] == pytest.approx(5.0)
    assert PROBLEM.score(power, np.zeros(2))[0] == -10.0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "expected an array of 4"),
        (np.zeros(3), "the shape"),
        (np.full(4, np.nan), "not finite"),
        (np.full(4, 1e200), "diverged"),
    ],
)
def test_what_is_no_answer_is_refused(answer, said):
    with pytest.raises(InvalidAnswer, match=said):
        PROBLEM.score(make(SMALL["power"]), answer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("phase[n=0]", "n = 0"),
        ("power[dim=0]", "dim = 0"),
        ("exponential[penalty=0.0]", "penalty = 0"),
        ("robust_regression[data=boston]", "expected one of generated, diabetes"),
        ("robust_regression[lam=0.0]", "lam = 0"),
        ("power[passes=0.0]", "passes = 0"),
        ("quartic[distance=0.0]", "choose another distance"),
        ("cosh[distance=1e9]", "choose another distance"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_what_makes_no_instance_is_refused(text, said):
    with pytest.raises(InvalidCase, match=said):
        make(text)


def test_the_oracle_counts_components(small):
    meter = Meter()
    oracle = PROBLEM.open(small.data, meter)
    assert meter.limit == oracle.calls == small.data["calls"]
    oracle.value(oracle.start)
    oracle.gradient(oracle.start)
    oracle.stochastic_gradient(oracle.start, np.array([0, 0, 1]))
    assert meter.calls == 2 * oracle.n + 3
    meter.count(oracle.calls - meter.calls)
    with pytest.raises(BudgetSpent):
        oracle.stochastic_gradient(oracle.start, np.array([0]))


@pytest.mark.parametrize(
    "indices", [np.array([4]), np.array([0, -1]), np.array([], np.int64), [0], np.array([0.0])]
)
def test_the_oracle_refuses_what_are_no_indices(indices):
    oracle = PROBLEM.open(make(SMALL["power"]).data, Meter())
    with pytest.raises((TypeError, ValueError), match=r"int64|0\.\.3"):
        oracle.stochastic_gradient(oracle.start, indices)


def test_a_smaller_budget_of_the_run_holds():
    meter = Meter(5)
    oracle = PROBLEM.open(make(SMALL["power"]).data, meter)
    assert meter.limit == 5
    assert oracle.calls == 4000  # what the case allows: a schedule's horizon
