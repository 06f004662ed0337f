"""The problem of non-smooth non-convex optimisation: objectives, the Goldstein measure, scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_optimization.nonsmooth_nonconvex import _goldstein, _objectives
from bench_optimization.nonsmooth_nonconvex.problem import NonsmoothNonconvex
from harness.api import BudgetSpent, Case, InvalidAnswer, InvalidCase, Meter
from harness.selectors import adapt, parse

PROBLEM = NonsmoothNonconvex()
SMALL = {
    "robust_phase": "robust_phase[n=40,dim=6]",
    "relu_net": "relu_net[inputs=3,hidden=4,n=40]",
    "factorisation": "factorisation[height=5,columns=6]",
    "max_quadratics": "max_quadratics[dim=4,n=30]",
}


def make(text, seed=0):
    family, given_parameters = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given_parameters.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


@pytest.fixture(params=sorted(SMALL))
def small(request):
    return make(SMALL[request.param])


# Objectives


def value_of(data, x):
    """Each objective from its formula, component by component."""
    if data["objective"] == "robust_phase":
        return np.mean(
            [abs((a @ x) ** 2 - b) for a, b in zip(data["rows"], data["targets"], strict=True)]
        )
    if data["objective"] == "relu_net":
        h, p = data["hidden"], data["inputs"].shape[1]
        w, c, v, e = x[: h * p].reshape(h, p), x[h * p : h * p + h], x[h * p + h : -1], x[-1]
        nets = [v @ np.maximum(w @ z + c, 0) + e for z in data["inputs"]]
        return np.mean(np.abs(np.array(nets) - data["targets"]))
    if data["objective"] == "factorisation":
        height, r = len(data["matrix"]), data["rank"]
        u, v = x[: height * r].reshape(-1, r), x[height * r :].reshape(-1, r)
        return np.abs(u @ v.T - data["matrix"]).mean()
    squares = ((x - data["centres"]) ** 2).sum(axis=2)
    return (0.5 * data["curvatures"] * squares + data["heights"]).max(axis=1).mean()


def test_values_are_those_of_the_formulas(small, rng):
    function = _objectives.objective(small.data)
    for _ in range(5):
        x = small.data["start"] + rng.normal(size=function.dim)
        assert function.value(x) == pytest.approx(value_of(small.data, x), rel=1e-12)


def test_gradients_are_derivatives(small, rng):
    function = _objectives.objective(small.data)
    x = small.data["start"] + 0.1 * rng.normal(size=function.dim)
    steps = 1e-7 * np.eye(function.dim)
    differences = [(function.value(x + step) - function.value(x - step)) / 2e-7 for step in steps]
    assert function.gradient(x) == pytest.approx(np.array(differences), abs=1e-6)


def test_a_mean_over_components(small, rng):
    function = _objectives.objective(small.data)
    x = np.array(small.data["start"])
    each = np.array([function.gradient(x, np.array([i])) for i in range(function.n)])
    assert function.gradient(x) == pytest.approx(each.mean(axis=0), rel=1e-10, abs=1e-12)
    some = rng.integers(function.n, size=9)  # some twice
    assert function.gradient(x, some) == pytest.approx(
        each[some].mean(axis=0), rel=1e-10, abs=1e-12
    )


def test_gradients_at_many_points(small, rng, monkeypatch):
    function = _objectives.objective(small.data)
    points = small.data["start"] + rng.normal(size=(11, function.dim))
    expected = np.array([function.gradient(point) for point in points])
    assert function.gradients(points) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    monkeypatch.setattr(_objectives, "_ENTRIES_AT_ONCE", 100)
    assert function.gradients(points) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_at_a_kink_the_derivative_is_zero():
    data = {"objective": "robust_phase", "rows": np.eye(2), "targets": np.array([4.0, 1.0])}
    assert _objectives.objective(data).gradient(np.array([2.0, 2.0])).tolist() == [0.0, 2.0]


# The Goldstein measure


def test_the_shortest_combination_of_known_ones():
    shortest = _goldstein.shortest
    assert shortest(np.array([[3.0, 1.0], [3.0, -1.0], [9.0, 0.0]])) == pytest.approx([3, 0])
    assert shortest(np.array([[2.0, 0.0], [0.0, 2.0]])) == pytest.approx([1, 1])
    assert shortest(np.array([[1.0, 5.0]])) == pytest.approx([1, 5])
    assert np.linalg.norm(shortest(np.array([[1.0, 0], [-1, 1], [-1, -1]]))) < 1e-15
    assert shortest(np.zeros((3, 2))).tolist() == [0, 0]


@settings(max_examples=60)
@given(
    count=st.integers(1, 40),
    dim=st.integers(1, 8),
    shift=st.floats(0, 3),
    seed=st.integers(0, 10**6),
    scale=st.sampled_from([1e-12, 1.0, 1e12]),
    repeated=st.booleans(),
)
def test_the_shortest_combination_is_optimal(count, dim, shift, seed, scale, repeated):
    """g is the shortest in the hull just if <g, h> >= |g|^2 for all h in it."""
    rows = np.random.default_rng(seed).normal(size=(count, dim))
    rows[:, 0] += shift
    rows = scale * (np.vstack([rows, rows]) if repeated else rows)
    found = _goldstein.shortest(rows)
    assert (rows @ found).min() >= found @ found - 1e-9 * scale**2


def test_tied_gradients_are_combined_as_well(rng):
    """Of vectors of signs about one set in 100 has scipy's method end too early."""
    for _ in range(300):
        rows = np.sign(rng.normal(size=(rng.integers(100, 300), 8)))
        rows[:, 0] += 2 * rng.random()
        found = _goldstein.shortest(rows)
        assert (rows @ found).min() >= found @ found - 1e-8


def test_what_is_found_too_long_is_sought_in_another_order(rng, monkeypatch):
    rows = rng.normal(size=(30, 4)) + 1
    right, combined = _goldstein.shortest(rows), _goldstein._combined
    calls = []

    def lazy(given):
        calls.append(given)
        return given[0] if len(calls) < 3 else combined(given)

    monkeypatch.setattr(_goldstein, "_combined", lazy)
    assert _goldstein.shortest(rows) == pytest.approx(right, rel=1e-9)
    assert len(calls) == 3


def test_lengths_whose_squares_overflow():
    found = _goldstein.shortest(np.array([[3e200, 1e200], [3e200, -1e200]]))
    assert found == pytest.approx([3e200, 0], abs=1e190)


def test_the_measure_of_an_absolute_value():
    """|x^2 - 1| has a kink at 1, where the gradient jumps from -2 to 2."""
    data = {"objective": "robust_phase", "rows": np.ones((1, 1)), "targets": np.ones(1)}
    function = _objectives.objective(data)
    directions = _goldstein.offsets(np.random.default_rng(0), 1)
    near = _goldstein.stationarity(function, np.array([1.05]), directions, 0.1)
    assert near < 1e-12
    assert abs(function.gradient(np.array([1.05]))[0]) == pytest.approx(2.1)
    # Beyond the ball, the shortest is the gradient 2 x at its inner edge.
    far = _goldstein.stationarity(function, np.array([1.5]), directions, 0.1)
    assert 2.8 < far < 2.81


def test_offsets_fill_the_unit_ball():
    points = _goldstein.offsets(np.random.default_rng(0), 3)
    assert points.shape == (110, 3)
    assert not points[0].any()
    many = np.linalg.norm(_goldstein.ball(np.random.default_rng(1), 20_000, 3), axis=1)
    assert many.max() <= 1
    for share in (0.1, 0.5, 0.9):  # the share within r is r^3
        assert np.quantile(many, share) == pytest.approx(share ** (1 / 3), abs=0.01)


def test_more_offsets_never_make_it_longer(small):
    function = _objectives.objective(small.data)
    directions, x = small.truth["directions"], np.array(small.data["start"])
    few, all_of_them = (
        _goldstein.stationarity(function, x, directions[:count], 0.1) for count in (10, None)
    )
    assert all_of_them <= few * (1 + 1e-12)


# Cases and answers


def test_the_start_of_phase_retrieval():
    data = make("robust_phase").data
    assert np.linalg.norm(data["start"]) == pytest.approx(2)
    assert data["rows"].shape == (400, 20)
    values = [make("robust_phase", seed).truth["value"] for seed in range(20)]
    assert min(values) < 4.166 < max(values)  # of an instance measured beforehand


def test_what_is_planted_is_stationary_by_the_measure_and_not_by_its_gradient():
    instance = make("robust_phase")
    assert instance.optimum == -4.0
    exact = make("robust_phase[outliers=0.0]")
    function = _objectives.objective(exact.data)
    # Gauss-Newton from a point nearby finds it again, as there are no outliers.
    planted = np.random.default_rng(0)
    planted.normal(size=(400, 20))
    x = planted.normal(size=20)
    x /= np.linalg.norm(x)
    assert function.value(x) < 1e-14
    cost, scores = PROBLEM.score(exact, x + 0.003)
    assert cost == -4.0
    assert scores["goldstein"] < 1e-12
    assert scores["gradient_norm"] > 0.5


def test_the_start_costs_nothing(small):
    cost, scores = PROBLEM.score(small, np.array(small.data["start"]))
    assert cost == 0.0
    assert scores["goldstein"] == small.truth["residual"]
    assert scores["goldstein"] <= scores["gradient_norm"]


def test_the_cost_may_be_the_value():
    instance = make("max_quadratics[dim=4,n=30,measure=value]")
    start = np.array(instance.data["start"])
    cost, scores = PROBLEM.score(instance, 0.5 * start)
    assert cost == pytest.approx(np.log10(scores["value"] / instance.truth["value"]))
    assert cost < 0 == PROBLEM.score(instance, start)[0]


@pytest.mark.parametrize("family", ["robust_phase", "factorisation", "relu_net"])
def test_nothing_is_won_where_all_gradients_vanish(family, rng):
    """At 0, and with all hidden units dead; also near by."""
    instance = make(SMALL[family])
    function = _objectives.objective(instance.data)
    flat = np.zeros(function.dim)
    if family == "relu_net":
        flat[12:16] = -1e6  # the shifts of the four units
        flat[-1] = np.median(instance.data["targets"])
    cost, scores = PROBLEM.score(instance, flat)
    assert scores["goldstein"] == 0.0
    assert scores["value"] == pytest.approx(function.level, rel=1e-12)
    assert cost == pytest.approx(np.log10(scores["value"] / instance.truth["value"]), abs=1e-12)
    near, scores = PROBLEM.score(instance, flat + 1e-3 * rng.normal(size=function.dim))
    assert scores["goldstein"] < 1e-3
    assert near == pytest.approx(cost, abs=0.01)


def test_below_the_flat_places_only_stationarity_counts():
    instance = make("robust_phase")
    function = _objectives.objective(instance.data)
    start, measured = np.array(instance.data["start"]), set()
    for share in np.linspace(0.0, 1.0, 21):
        cost, scores = PROBLEM.score(instance, share * start)
        bare = np.log10(scores["goldstein"] / instance.truth["residual"] + 1e-300)
        below = scores["value"] <= 0.9 * function.level
        measured.add(below)
        by_value = -np.inf if below else np.log10(scores["value"] / instance.truth["value"])
        assert cost == pytest.approx(max(bare, by_value, -4.0), abs=1e-12)
    assert measured == {False, True}


@pytest.mark.parametrize("family", ["relu_net", "factorisation"])
def test_gradients_too_long_to_measure_are_refused(family):
    """A value and gradients that are finite, though not the lengths."""
    instance = make(SMALL[family])
    half = np.zeros(len(instance.data["start"]))
    half[:12] = 1e200  # the weights, or most of a factor
    if family == "factorisation":
        half = half[::-1].copy()
    with pytest.raises(InvalidAnswer, match="diverged"):
        PROBLEM.score(instance, half)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "expected an array of 6"),
        (np.zeros(5), "the shape"),
        (np.full(6, np.nan), "not finite"),
        (np.full(6, 1e200), "diverged"),
    ],
)
def test_what_is_no_answer_is_refused(answer, said):
    with pytest.raises(InvalidAnswer, match=said):
        PROBLEM.score(make(SMALL["robust_phase"]), answer)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("robust_phase[n=0]", "n = 0"),
        ("relu_net[hidden=0]", "hidden = 0"),
        ("factorisation[rank=0]", "rank = 0"),
        ("max_quadratics[pieces=0]", "pieces = 0"),
        ("robust_phase[outliers=1.5]", "outliers = 1.5"),
        ("robust_phase[delta=0.0]", "delta = 0"),
        ("robust_phase[passes=0.0]", "passes = 0"),
        ("robust_phase[measure=gradient]", "expected goldstein or value"),
    ],
)
def test_what_makes_no_instance_is_refused(text, said):
    with pytest.raises(InvalidCase, match=said):
        make(text)


def test_the_oracle_counts_components(small):
    meter = Meter()
    oracle = PROBLEM.open(small.data, meter)
    assert meter.limit == oracle.calls == 100 * oracle.n
    oracle.value(oracle.start)
    oracle.gradient(oracle.start)
    oracle.stochastic_gradient(oracle.start, np.array([0, 0, 1]))
    assert meter.calls == 2 * oracle.n + 3
    meter.count(oracle.calls - meter.calls)
    with pytest.raises(BudgetSpent):
        oracle.stochastic_gradient(oracle.start, np.array([0]))


@pytest.mark.parametrize(
    "indices", [np.array([40]), np.array([0, -1]), np.array([], np.int64), [0], np.array([0.0])]
)
def test_the_oracle_refuses_what_are_no_indices(indices):
    oracle = PROBLEM.open(make(SMALL["robust_phase"]).data, Meter())
    with pytest.raises((TypeError, ValueError), match=r"int64|0\.\.39"):
        oracle.stochastic_gradient(oracle.start, indices)


def test_the_suites_have_cases_that_no_other_has():
    tuning = set(PROBLEM.suites["tuning"])
    others = {case for name, suite in PROBLEM.suites.items() if name != "tuning" for case in suite}
    assert not tuning & others
