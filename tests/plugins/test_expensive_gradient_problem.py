"""The board of expensive gradients: losses, optima, prices, and what is refused."""

import math
from functools import lru_cache

import numpy as np
import pytest

from bench_optimization.expensive_gradient import problem
from bench_optimization.expensive_gradient._losses import LOSSES
from bench_optimization.expensive_gradient._objective import Objective, has_minimum_near, minimum
from bench_optimization.expensive_gradient.problem import ExpensiveGradient, _separated
from harness.api import BudgetSpent, Data, Instance, InvalidAnswer, InvalidCase, Meter
from harness.cases import make_case

PROBLEM = ExpensiveGradient()
KINDS = [
    "logistic[n=40,dim=3,l2=0.01,c_expensive=7,c_model=2]",
    "squared[n=40,dim=3,c_expensive=7,c_model=2]",
    "wine[l2=0.01,c_expensive=7,c_model=2]",
]


@lru_cache
def make(text):
    instance = PROBLEM.make(
        make_case("expensive_gradient", PROBLEM, text), np.random.default_rng(3)
    )
    return Instance(Data(instance.data), instance.truth, instance.sizes, instance.optimum)


def opened(text, calls=None):
    meter = Meter(calls)
    return PROBLEM.open(make(text).data, meter), meter


def labels_of(name, b, rng):
    if name == "softmax":
        return rng.integers(4, size=b)
    return rng.integers(2, size=b).astype(float)


# Losses


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_gradients_and_curvatures_are_derivatives(name, rng):
    loss, k, h = LOSSES[name], 4 if name == "softmax" else 1, 1e-5
    z, labels = rng.normal(size=(6, k)), labels_of(name, 6, rng)
    for j in range(k):
        move = h * np.eye(k)[j]
        slope = (loss.values(z + move, labels) - loss.values(z - move, labels)) / (2 * h)
        bend = (loss.gradients(z + move, labels) - loss.gradients(z - move, labels)) / (2 * h)
        np.testing.assert_allclose(loss.gradients(z, labels)[:, j], slope, atol=1e-9)
        np.testing.assert_allclose(loss.curvature(z)[:, :, j], bend, atol=1e-9)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_no_curvature_exceeds_the_smoothness(name, rng):
    loss, k = LOSSES[name], 4 if name == "softmax" else 1
    z = np.concatenate([np.zeros((1, k)), 3 * rng.normal(size=(500, k))])
    z[1:3, 2:] = -50  # two classes of even chance: the sharpest bend of softmax
    z[1:3, :2] = 0
    largest = np.linalg.eigvalsh(loss.curvature(z))[:, -1]
    assert largest.max() == pytest.approx(loss.smoothness, rel=1e-12)


@pytest.mark.parametrize("name", ["logistic", "softmax"])
@pytest.mark.filterwarnings("error")
def test_far_outputs_do_not_overflow(name):
    loss, k = LOSSES[name], 2 if name == "softmax" else 1
    z = np.array([[1e4], [-1e4]]) * np.arange(1, k + 1)
    labels = np.array([0, 1])
    assert np.isfinite(loss.values(z, labels)).all()
    assert np.isfinite(loss.gradients(z, labels)).all()


# Objectives and optima


@pytest.mark.parametrize("text", [*KINDS, "breast_cancer", "diabetes"])
def test_gradients_and_hessians_of_the_objective(text, rng):
    objective = Objective(make(text).data)
    theta, d = 0.1 * rng.normal(size=(2, objective.dim))
    h = 1e-5
    slope = (objective.value(theta + h * d) - objective.value(theta - h * d)) / (2 * h)
    bend = (objective.gradient(theta + h * d) - objective.gradient(theta - h * d)) / (2 * h)
    assert objective.gradient(theta) @ d == pytest.approx(slope, rel=1e-6)
    if objective.dim < 100:
        np.testing.assert_allclose(objective.hessian(theta) @ d, bend, atol=1e-7)


def test_the_optimum_of_least_squares_is_that_of_lstsq():
    data = make("squared[n=40,dim=3]").data
    solution = np.linalg.lstsq(data["features"], data["labels"], rcond=None)[0]
    least = ((data["features"] @ solution - data["labels"]) ** 2).mean() / 2
    assert make("squared[n=40,dim=3]").truth["least"] == pytest.approx(least, rel=1e-13)


@pytest.mark.parametrize("text", ["breast_cancer", "wine[l2=0.01]", "logistic[n=400,dim=20]"])
def test_the_optimum_of_logistic_regression_is_that_of_scikit_learn(text):
    """Which minimises the same in other units, by another method."""
    from sklearn.linear_model import LogisticRegression

    instance = make(text)
    data, l2 = instance.data, instance.data["l2"]
    n = len(data["labels"])
    fitted = LogisticRegression(
        C=1 / (n * l2) if l2 else np.inf, tol=1e-10, max_iter=10_000, fit_intercept=False
    ).fit(data["features"], data["labels"])
    theta = np.ascontiguousarray(fitted.coef_.T).ravel()
    value = Objective(data).value(theta)
    assert value >= instance.truth["least"] - 1e-14
    assert value == pytest.approx(instance.truth["least"], rel=1e-7)


@pytest.mark.parametrize("text", ["breast_cancer", "logistic[n=400,dim=20]", "digits", "wine"])
def test_the_gradient_vanishes_at_the_optimum(text):
    objective = Objective(make(text).data)
    least, theta = minimum(objective, np.zeros(objective.dim))
    # A gap is at most |g|^2 / (2 mu).
    assert np.linalg.norm(objective.gradient(theta)) < 1e-8
    assert least == pytest.approx(make(text).truth["least"], rel=1e-14)


def test_the_scale_of_costs():
    instance = make("squared[n=40,dim=3]")
    data = instance.data
    solution = np.linalg.lstsq(data["features"], data["labels"], rcond=None)[0]
    assert PROBLEM.score(instance, data["start"])[0] == 0
    assert PROBLEM.score(instance, solution)[0] == -10 == instance.optimum
    cost, scores = PROBLEM.score(instance, 0.99 * solution)  # the gap is quadratic
    assert cost == pytest.approx(-4, abs=1e-9)
    assert scores["value"] - scores["suboptimality"] == pytest.approx(instance.truth["least"])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (np.zeros(4), "theta has the shape (4,), expected (3,)"),
        (np.full(3, np.inf), "theta is not finite in 3 of 3 entries"),
        (None, "theta is a NoneType, expected an array of 3 real numbers"),
        (np.full(3, 1e200), "not finite: the run diverged"),
    ],
)
def test_refused_answers(answer, sentence):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(make(KINDS[1]), answer)
    assert sentence in str(caught.value)


# The oracle


@pytest.mark.parametrize("text", KINDS)
def test_the_parts_compose_to_the_gradient(text, rng):
    oracle, _ = opened(text)
    objective = Objective(make(text).data)
    theta = 0.1 * rng.normal(size=oracle.dim)
    for indices in (None, np.array([3, 1, 3, 30])):
        z = oracle.targets(theta, indices)
        _, slopes = oracle.evaluate(z, indices)
        np.testing.assert_array_equal(slopes, oracle.target_gradient(z, indices))
        assert z.shape == slopes.shape == (oracle.n if indices is None else 4, oracle.outputs)
        whole = oracle.model_vjp(theta, slopes, indices) / len(z) + oracle.l2 * theta
        np.testing.assert_allclose(oracle.stochastic_gradient(theta, indices), whole, atol=1e-14)
        rows = oracle.features(indices)
        np.testing.assert_allclose(rows @ theta.reshape(-1, oracle.outputs), z, atol=1e-13)
    value, gradient = oracle.value_and_gradient(theta)
    assert value == oracle.value(theta) == pytest.approx(objective.value(theta), rel=1e-14)
    np.testing.assert_allclose(gradient, objective.gradient(theta), atol=1e-15)
    np.testing.assert_allclose(oracle.gradient(theta), gradient, atol=1e-15)


@pytest.mark.parametrize("text", KINDS)
def test_prices(text):
    oracle, meter = opened(text)
    theta, some, n = oracle.start, np.arange(4), oracle.n
    z = oracle.targets(theta, some)
    paid = [meter.calls]
    for ask in (
        lambda: oracle.target_gradient(z, some),
        lambda: oracle.evaluate(z, some),
        lambda: oracle.model_vjp(theta, z, some),
        lambda: oracle.features(some),
        lambda: oracle.stochastic_gradient(theta, some),
        lambda: oracle.value(theta),
        lambda: oracle.value_and_gradient(theta),
        lambda: oracle.gradient(theta),
    ):
        ask()
        paid.append(meter.calls)
    assert np.diff(paid).tolist() == [28, 28, 8, 8, 44, 9 * n, 11 * n, 11 * n]
    assert paid[0] == 8
    assert meter.limit == oracle.calls == 50 * n * 11


def test_what_cannot_be_paid_is_not_counted():
    oracle, meter = opened(KINDS[0], calls=12)
    with pytest.raises(BudgetSpent):
        oracle.stochastic_gradient(oracle.start, np.array([0, 1]))
    oracle.stochastic_gradient(oracle.start, np.array([0]))
    assert meter.calls == 11


@pytest.mark.parametrize("text", [KINDS[0], KINDS[2]])
def test_smoothness_bounds_the_curvature(text, rng):
    oracle, _ = opened(text)
    data, bend = make(text).data, oracle.target_smoothness
    gram = np.linalg.norm(data["features"], 2) ** 2 / oracle.n
    assert oracle.smoothness == pytest.approx(bend * gram + oracle.l2)
    longest = max(row @ row for row in data["features"])
    assert oracle.component_smoothness == pytest.approx(bend * longest + oracle.l2)
    for _ in range(20):
        u, v = rng.normal(size=(2, oracle.dim))
        change = np.linalg.norm(oracle.gradient(u) - oracle.gradient(v))
        assert change <= oracle.smoothness * np.linalg.norm(u - v)


@pytest.mark.parametrize(
    "indices",
    [[0], np.array([0.0]), np.array([0], np.int32), np.array([[0]]), np.zeros(0, np.int64)],
)
def test_refused_indices(indices):
    oracle, meter = opened(KINDS[0])
    with pytest.raises(ValueError, match="must be an int64 array of one dimension"):
        oracle.stochastic_gradient(oracle.start, indices)
    assert meter.calls == 0


@pytest.mark.parametrize("index", [-1, 40, -(2**63)])
def test_indices_out_of_range(index):
    oracle, _ = opened(KINDS[0])
    with pytest.raises(ValueError, match=r"not within 0\.\.39"):
        oracle.targets(oracle.start, np.array([3, index]))


def test_refused_points_and_outputs():
    oracle, meter = opened(KINDS[0])
    with pytest.raises(ValueError, match=r"theta is of shape \(2,\); expected .* \(3,\)"):
        oracle.gradient(np.zeros(2))
    with pytest.raises(ValueError, match=r"the outputs are of shape \(2,\); .* \(2, 1\)"):
        oracle.target_gradient(np.zeros(2), np.array([0, 1]))
    with pytest.raises(ValueError, match=r"the outputs are list; .* \(40, 1\)"):
        oracle.evaluate([0.0] * 40)
    assert meter.calls == 0


def test_what_the_oracle_gives_is_the_solvers_own():
    oracle, _ = opened(KINDS[0])
    oracle.start[:] = 9
    oracle.features()[:] = 9
    oracle.features(np.array([0]))[:] = 9
    assert not oracle.start.any()
    assert np.abs(oracle.features()).max() < 9


# Cases


@pytest.mark.parametrize("suite", sorted(PROBLEM.suites))
def test_suites_can_be_made(suite):
    for text in PROBLEM.suites[suite]:
        make_case("expensive_gradient", PROBLEM, text)
        if suite in ("smoke", "edge"):
            assert make(text).truth["scale"] > 0


def test_no_tuning_case_is_in_another_suite():
    others = {text for name, texts in PROBLEM.suites.items() if name != "tuning" for text in texts}
    assert not others & set(PROBLEM.suites["tuning"])
    real = {"breast_cancer", "digits", "diabetes", "wine"}  # the same data whatever the parameters
    families = {text.partition("[")[0] for text in others} & real
    assert not families & {text.partition("[")[0] for text in PROBLEM.suites["tuning"]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("logistic[n=0]", "n is 0, expected at least 1"),
        ("logistic[passes=0]", "passes is 0, expected at least 1"),
        ("logistic[c_expensive=0]", "c_expensive is 0, expected at least 1"),
        ("logistic[c_model=-1]", "c_model is -1, expected at least 0"),
        ("digits[l2=-1.0]", "l2 is -1.0, expected 0 or above"),
        ("logistic[n=6,dim=9]", "the classes can be separated: give l2=0.001, say, or a larger n"),
        ("breast_cancer[l2=0.0]", "the classes can be separated"),
    ],
)
def test_refused_cases(text, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("family", ["digits", "wine"])
def test_softmax_without_l2_is_refused_where_it_has_no_minimum(family):
    with pytest.raises(InvalidCase, match="separated"):
        make(f"{family}[l2=0.0]")


@pytest.mark.parametrize(
    ("ours", "separated"),
    [
        ([True, True, False, False], True),
        ([False, False, True, True], True),
        ([True, False, True, False], False),
        ([True, True, True, False], True),  # at the border
    ],
)
def test_a_class_is_told_from_the_others_by_a_line(ours, separated):
    features = np.column_stack([np.arange(4.0), np.ones(4)])
    assert _separated(features, np.array(ours)) == separated


def test_a_minimum_is_certain_near_it_and_nowhere_else():
    """Of separable classes it is never certain; elsewhere Newton's end is near enough."""
    text = "logistic[n=400,dim=20]"
    objective = Objective(make(text).data)
    assert has_minimum_near(objective, minimum(objective, np.zeros(20))[1])
    assert not has_minimum_near(objective, np.full(20, 3.0))
    data = make("logistic[n=40,dim=3,l2=0.01]").data.as_dict()
    line = data["features"] @ np.array([1.0, -2.0, 0.5])
    apart = Objective({**data, "labels": (line > 0).astype(float), "l2": 0.0})
    for length in (0.0, 1.0, 10.0, 100.0, 1000.0):
        assert not has_minimum_near(apart, length * np.array([1.0, -2.0, 0.5]))


def test_large_instances_do_without_the_linear_programme(monkeypatch):
    def never(*_):
        raise AssertionError("the certificate is enough")

    monkeypatch.setattr(problem, "_separated", never)
    assert make("logistic[n=500,dim=9,passes=7]").truth["scale"] > 0


def test_the_budget_follows_the_prices():
    data = make("logistic[n=40,dim=3,l2=0.1,passes=3,c_expensive=10,c_model=4]").data
    assert data["calls"] == 3 * 40 * (10 + 8)
    assert math.isclose(make("squared[n=40,dim=3]").data["calls"], 50 * 40 * 102)
