"""Solvers of expensive gradients: known answers, their steps by hand, bounds, and equivalences."""

import contextlib
import itertools
import math
from functools import lru_cache

import numpy as np
import pytest

from bench_optimization._driver import batches
from bench_optimization.expensive_gradient import _surrogate
from bench_optimization.expensive_gradient._gradients import WholeGradients, batch_smoothness
from bench_optimization.expensive_gradient._objective import Objective
from bench_optimization.expensive_gradient._surrogate import Armijo, Surrogate
from bench_optimization.expensive_gradient.adagrad import AdaGrad
from bench_optimization.expensive_gradient.adam import Adam
from bench_optimization.expensive_gradient.fixed_hessian import FixedHessian
from bench_optimization.expensive_gradient.gradient_descent import GradientDescent
from bench_optimization.expensive_gradient.lbfgs import LBFGS
from bench_optimization.expensive_gradient.peer_scipy_lbfgsb import PeerLBFGSB
from bench_optimization.expensive_gradient.problem import ExpensiveGradient
from bench_optimization.expensive_gradient.sgd import SGD
from bench_optimization.expensive_gradient.sls import SLS
from bench_optimization.expensive_gradient.sls_sso import SLSSSO
from bench_optimization.expensive_gradient.sso import SSO
from bench_optimization.expensive_gradient.svrg import SVRG
from harness.api import BudgetSpent, Data, Instance, Meter
from harness.cases import make_case

PROBLEM = ExpensiveGradient()
DETERMINISTIC = [FixedHessian, GradientDescent, LBFGS, PeerLBFGSB]
SAMPLING = [AdaGrad, Adam, SGD, SLS, SLSSSO, SSO, SVRG]
FEATURES = np.array([[1.0, 0], [1, 1], [0, 2]])


@lru_cache
def make(text):
    instance = PROBLEM.make(
        make_case("expensive_gradient", PROBLEM, text), np.random.default_rng(3)
    )
    return Instance(Data(instance.data), instance.truth, instance.sizes, instance.optimum)


def small(loss, labels, start=(0.0, 0.0), l2=0.0):
    bend = {"logistic": 0.25, "squared": 1.0}[loss]
    return {
        "features": FEATURES,
        "labels": np.array(labels, float),
        "loss": loss,
        "outputs": 1,
        "l2": l2,
        "start": np.array(start, float),
        "calls": 10**9,
        "c_expensive": 100,
        "c_model": 1,
        "smoothness": bend * np.linalg.norm(FEATURES, 2) ** 2 / 3 + l2,
        "component_smoothness": bend * 4 + l2,
    }


def unlimited(text):
    """The data of a case whose calls are never spent."""
    return Data({**make(text).data.as_dict(), "calls": 10**12})


def opened(data):
    return PROBLEM.open(data if isinstance(data, Data) else Data(data), Meter())


def points(solver, data, count, seed=0):
    found = solver.solve(opened(data), np.random.default_rng(seed))
    return [np.array(theta) for theta in itertools.islice(found, count)]


def run(solver, instance, seed=0, calls=None):
    """The last point within the calls allowed, and the calls."""
    meter, last = Meter(calls), None
    oracle = PROBLEM.open(instance.data, meter)
    try:
        for theta in solver.solve(oracle, np.random.default_rng(seed)):
            last = np.array(theta)
    except BudgetSpent:
        pass
    return last, meter.calls


# Known answers


def test_exact_steps_on_squares_arrive_at_once():
    theta = points(SSO(batch=0, inner="exact"), small("squared", [1, 2, 3], (5, -3)), 2)[1]
    np.testing.assert_allclose(theta, [0.7777778, 1.4444444], atol=5e-8)


@pytest.mark.parametrize("solver", [SSO(batch=0, inner="exact"), FixedHessian()], ids=str)
def test_exact_steps_on_the_logistic_loss(solver):
    data = small("logistic", [1, 0, 1])
    start, first, second = points(solver, data, 3)
    np.testing.assert_allclose(first, [-0.22222222, 0.44444444], atol=5e-9)
    np.testing.assert_allclose(second, [-0.23437791, 0.46875582], atol=5e-9)
    values = [Objective(data).value(theta) for theta in (start, first, second)]
    np.testing.assert_allclose(values, [0.6931472, 0.6550717, 0.6549430], atol=5e-8)


def test_one_inner_step_of_a_fixed_rate_is_a_gradient_step():
    solver = SSO(batch=0, m=1, inner="fixed", inner_rate=1.0)
    theta = points(solver, small("logistic", [1, 0, 1]), 2)[1]
    np.testing.assert_allclose(theta, [0, 0.16666667], atol=5e-9)


@pytest.mark.parametrize("eta", [0.1, 1.0, 7.0])
def test_one_inner_step_of_a_fixed_rate_is_sgd_for_every_eta(eta):
    instance = make("logistic[n=60,dim=4,l2=0.05]")
    solver = SSO(eta=eta, batch=7, m=1, inner="fixed", inner_rate=0.3)
    found = points(solver, instance.data, 30)
    oracle, theta = opened(instance.data), np.zeros(4)
    for z, some in zip(found, batches(60, 7, np.random.default_rng(0)), strict=False):
        np.testing.assert_allclose(z, theta, atol=1e-13)
        theta = theta - 0.3 * oracle.stochastic_gradient(theta, some)


def surrogate_at(oracle, theta, eta, indices=None):
    z = oracle.targets(theta, indices)
    return Surrogate(oracle, z, oracle.target_gradient(z, indices), eta, indices), z


@pytest.mark.parametrize(
    "text",
    ["logistic[n=50,dim=3,l2=0.01]", "squared[n=50,dim=3]", "wine[l2=0.01]"],
)
def test_the_surrogate_lies_above_and_touches(text, rng):
    oracle = opened(unlimited(text))
    for scale in (0.0, 0.3, 2.0):
        at = scale * rng.normal(size=oracle.dim)
        q, z = surrogate_at(oracle, at, 1 / oracle.target_smoothness)
        base = oracle.value(at) - q.value(at, z)
        np.testing.assert_allclose(q.gradient(at, z), oracle.gradient(at), atol=1e-13)
        for _ in range(60 if oracle.dim > 100 else 600):
            theta = at + 10 ** rng.uniform(-3, 1) * rng.normal(size=oracle.dim)
            assert base + q.value(theta, q.targets(theta)) >= oracle.value(theta) - 1e-12


def test_beyond_the_bound_the_surrogate_lies_below(rng):
    oracle = opened(unlimited("logistic[n=50,dim=3,l2=0.01]"))
    at = oracle.start
    q, z = surrogate_at(oracle, at, 8.0)
    base = oracle.value(at) - q.value(at, z)
    for _ in range(500):
        theta = at + 0.01 * rng.normal(size=3)
        assert base + q.value(theta, q.targets(theta)) < oracle.value(theta)


@pytest.mark.parametrize("m", [1, 5, 10, 100])
@pytest.mark.parametrize("text", ["logistic[n=80,dim=6]", "wine[l2=0.01]"])
def test_the_objective_falls_at_every_step_whatever_m(m, text):
    data = unlimited(text)
    objective = Objective(data)
    values = [objective.value(theta) for theta in points(SSO(batch=0, m=m), data, 8)]
    assert all(after < before for before, after in itertools.pairwise(values))


@pytest.mark.parametrize("l2", [0.0, 0.02])
def test_many_inner_steps_reach_the_exact_step(l2, monkeypatch):
    monkeypatch.setattr(_surrogate, "_FLAT", 1e-8)  # an error of 4e-6 in the flattest direction
    data = unlimited(f"logistic[n=400,dim=10,l2={l2}]")
    exact = points(SSO(batch=0, inner="exact"), data, 4)
    inner = points(SSO(batch=0, m=3000), data, 4)
    np.testing.assert_allclose(inner, exact, atol=1e-5)


@pytest.mark.parametrize("text", ["logistic[n=90,dim=5]", "wine[l2=0.01]", "diabetes"])
def test_with_all_data_and_exact_steps_it_is_the_fixed_hessian_method(text):
    data = make(text).data
    exact, fixed = (points(s, data, 6) for s in (SSO(batch=0, inner="exact"), FixedHessian()))
    np.testing.assert_allclose(exact, fixed, atol=1e-8)


def test_an_exact_step_on_few_components_moves_least():
    """With fewer components than entries, along the span of their rows."""
    oracle = opened(make("squared[n=30,dim=8]").data)
    theta, some = np.arange(8.0), np.array([2, 9, 11])
    q, _ = surrogate_at(oracle, theta, 1.0, some)
    moved = q.minimiser(theta) - theta
    rows = oracle.features(some)
    np.testing.assert_allclose(moved, np.linalg.pinv(rows) @ (rows @ moved), atol=1e-12)
    reached = oracle.target_gradient(oracle.targets(theta + moved, some), some)
    np.testing.assert_allclose(reached, 0, atol=1e-12)


def test_the_published_figures_of_full_batches():
    """Gaps after 5, 10, 25 and 50 gradients, on a draw of the same law: within a third."""
    instance = make("logistic[c_expensive=1,c_model=0,passes=52]")
    expected = {
        GradientDescent(): (0.22, 0.17, 0.11, 0.073),
        SSO(batch=0, m=1): (0.14, 0.088, 0.043, 0.023),
        SSO(batch=0, m=10): (0.10, 0.067, 0.033, 0.016),
        SSO(batch=0, inner="exact"): (0.093, 0.060, 0.028, 0.014),
    }
    ends = []
    for solver, gaps in expected.items():
        found = points(solver, instance.data, 51)
        measured = [PROBLEM.score(instance, found[k])[1]["suboptimality"] for k in (5, 10, 25, 50)]
        np.testing.assert_allclose(measured, gaps, rtol=0.6)
        ends.append(measured[2])
    assert ends == sorted(ends, reverse=True)
    assert ends[-1] < ends[0] / 2
    quick = run(LBFGS(), instance, calls=51 * 4000)[0]
    assert PROBLEM.score(instance, quick)[1]["suboptimality"] < 1e-6


# Steps by hand


def test_steps_of_sso():
    """Armijo on q, from the formula, on two batches."""
    data = make("logistic[n=20,dim=3,l2=0.1]").data
    rows, labels, l2, eta = data["features"], data["labels"], 0.1, 2.0 / 0.25
    found = points(SSO(eta=2.0, m=3, batch=8, schedule="stochastic"), data, 3)
    theta = np.zeros(3)
    for t, some in zip((1, 2), batches(20, 8, np.random.default_rng(0)), strict=False):
        np.testing.assert_allclose(found[t - 1], theta, atol=1e-13)
        x, y, scale = rows[some], labels[some], eta / math.sqrt(t)
        at = x @ theta
        g = 1 / (1 + np.exp(-at)) - y

        def q(point, x=x, at=at, g=g, scale=scale):
            moved = x @ point - at
            return np.mean(g * moved + moved**2 / (2 * scale)) + l2 / 2 * point @ point

        step = 10.0
        for _ in range(3):
            slope = x.T @ (g + (x @ theta - at) / scale) / len(some) + l2 * theta
            step *= 1.8
            while q(theta - step * slope) > q(theta) - 0.5 * step * slope @ slope:
                step *= 0.9
            theta = theta - step * slope
    np.testing.assert_allclose(found[2], theta, atol=1e-13)


def test_schedules_of_eta():
    assert [SSO().factor(t, 100) for t in (1, 50)] == [1, 1]
    assert SSO(schedule="stochastic").factor(16, 100) == 0.25
    falling = SSO(schedule="exponential")
    assert falling.factor(100, 100) == pytest.approx(1 / 100)
    assert falling.factor(50, 100) == pytest.approx(1 / 10)


@pytest.mark.parametrize("inner", ["armijo", "exact"])
def test_the_horizon_is_what_free_models_leave(inner):
    oracle = opened(make("logistic[n=20,dim=2,l2=0.1,c_expensive=1,c_model=0,passes=9]").data)
    assert SSO(batch=5, inner=inner).outer_steps(oracle) == 36
    found = SSO(batch=5, inner=inner).solve(oracle, np.random.default_rng(0))
    steps = -1  # the start is the first answer
    with contextlib.suppress(BudgetSpent):
        for _ in found:
            steps += 1
    assert steps == 36


def test_the_search_in_the_outputs_pays_for_its_tries():
    data = make("logistic[n=20,dim=3,l2=0.1,c_expensive=100,c_model=0]").data
    meter = Meter()
    oracle = PROBLEM.open(data, meter)
    found = SLSSSO(batch=0, m=1).solve(oracle, np.random.default_rng(0))
    next(found)
    theta = np.array(next(found))
    # By hand: eta from 10 down by 0.9.
    labels = data["labels"]
    g, eta, tries = 0.5 - labels, 10.0, 1

    def loss(z):
        return np.mean(np.logaddexp(0, z) - labels * z)

    while loss(-eta * g) > loss(0 * g) - 0.5 * eta * g @ g / 20:
        eta, tries = eta * 0.9, tries + 1
    assert tries > 1
    assert meter.calls == 20 * 100 * (1 + tries)
    q = Surrogate(oracle, np.zeros((20, 1)), g[:, None], eta, None)
    np.testing.assert_allclose(theta, q.descend(np.zeros(3), 1, Armijo()), atol=1e-14)


def test_steps_of_sls():
    data = make("logistic[n=20,dim=3,l2=0.1]").data
    rows, labels = data["features"], data["labels"]
    found, theta, step = points(SLS(c=0.3, batch=8, first=9.0), data, 5), np.zeros(3), 9.0
    for number, some in zip(range(4), batches(20, 8, np.random.default_rng(0)), strict=False):
        x, y = rows[some], labels[some]

        def f(point, x=x, y=y):
            return np.mean(np.logaddexp(0, x @ point) - y * (x @ point)) + 0.05 * point @ point

        g = x.T @ (1 / (1 + np.exp(-x @ theta)) - y) / len(some) + 0.1 * theta
        step *= 2.0 ** (8 / 20) if number else 1.0
        while f(theta - step * g) > f(theta) - 0.3 * step * g @ g:
            step *= 0.9
        theta = theta - step * g
        np.testing.assert_allclose(found[number + 1], theta, atol=1e-13)


def test_steps_of_svrg():
    data = make("logistic[n=9,dim=3,l2=0.1]").data
    oracle = opened(data)
    found = points(SVRG(step=0.7, batch=3), data, 8)
    rng = np.random.default_rng(0)
    rate = 0.7 / ((9 * 2 * oracle.smoothness + 6 * oracle.component_smoothness) / (3 * 8))
    theta = np.zeros(3)
    for k in range(7):
        np.testing.assert_allclose(found[k], theta, atol=1e-14)
        if k % 3 == 0:
            snapshot, order = theta, rng.permutation(9)
        some = order[3 * (k % 3) : 3 * (k % 3) + 3]
        change = oracle.stochastic_gradient(theta, some)
        change = change - oracle.stochastic_gradient(snapshot, some) + oracle.gradient(snapshot)
        theta = theta - rate * change


def test_the_smoothness_of_batches():
    class Known:
        n, smoothness, component_smoothness = 11, 2.0, 6.0

    assert batch_smoothness(Known, 1) == 6
    assert batch_smoothness(Known, 11) == 2
    assert 2 < batch_smoothness(Known, 5) < 6


@pytest.mark.parametrize(
    ("solver", "by_hand"),
    [
        (SGD(step=2.0, batch=8), "sgd"),
        (Adam(learning_rate=0.1, batch=8), "adam"),
        (AdaGrad(learning_rate=0.1, batch=8), "adagrad"),
    ],
    ids=["sgd", "adam", "adagrad"],
)
def test_first_steps_of_the_shared_rules(solver, by_hand):
    data = make("logistic[n=20,dim=3,l2=0.1]").data
    oracle = opened(data)
    first = oracle.stochastic_gradient(np.zeros(3), np.random.default_rng(0).permutation(20)[:8])
    theta = points(solver, data, 2)[1]
    if by_hand == "sgd":
        np.testing.assert_allclose(theta, -2.0 / batch_smoothness(oracle, 8) * first, rtol=1e-12)
    else:  # both scale the first gradient to its signs
        np.testing.assert_allclose(theta, -0.1 * np.sign(first), rtol=1e-5)


def test_schedules_know_how_many_gradients_are_paid_for():
    oracle = opened(make("logistic[n=20,dim=3,l2=0.1,passes=6]").data)
    assert WholeGradients(oracle).calls == 6 * 20


def test_lbfgs_is_newtons_method_on_a_line():
    """In one dimension a pair tells the curvature of a square exactly."""
    instance = make("squared[n=9,dim=1,passes=9]")
    theta = points(LBFGS(), instance.data, 3)[-1]
    assert PROBLEM.score(instance, theta)[0] == -10


# Convergence


@pytest.mark.parametrize(
    ("solver", "cost"),
    [
        (LBFGS(), -9.9),
        (PeerLBFGSB(), -9.9),
        (FixedHessian(), -3.0),
        (SSO(), -3.0),
        (SSO(batch=50, m=20, eta=4.0, schedule="exponential"), -2.0),
        (SLSSSO(batch=50), -1.0),
        (SVRG(), -2.5),
        (GradientDescent(), -2.5),
        (SLS(batch=50), -1.0),
        (SGD(batch=50, step=8.0), -2.0),
        (Adam(batch=50, learning_rate=0.1), -1.5),
        (AdaGrad(batch=50, learning_rate=1.0), -2.0),
    ],
    ids=str,
)
def test_all_come_near_the_optimum(solver, cost):
    instance = make("logistic[n=200,dim=5,l2=0.02,passes=100]")
    assert PROBLEM.score(instance, run(solver, instance)[0])[0] < cost


@pytest.mark.parametrize("solver", [SSO(), FixedHessian(), LBFGS(), SVRG(batch=50)], ids=str)
def test_classes_of_several_outputs(solver):
    instance = make("wine[l2=0.01,passes=40]")
    assert PROBLEM.score(instance, run(solver, instance)[0])[0] < -1


@pytest.mark.parametrize("kind", DETERMINISTIC + SAMPLING)
def test_runs_repeat_and_depend_on_the_seed_alone(kind):
    instance = make("logistic[n=200,dim=5,l2=0.02,passes=5]")
    solver = kind(batch=30) if kind in SAMPLING else kind()
    first = run(solver, instance, seed=4)
    again = run(solver, instance, seed=4)
    other = run(solver, instance, seed=5)
    np.testing.assert_array_equal(first[0], again[0])
    assert first[1] == again[1] <= instance.data["calls"]
    assert np.array_equal(first[0], other[0]) == (kind in DETERMINISTIC)


# Parameters


@pytest.mark.parametrize(
    ("make_one", "sentence"),
    [
        (lambda: SSO(eta=0.0), "eta = 0.0; expected a finite number above 0"),
        (lambda: SSO(eta=math.nan), "eta = nan; expected"),
        (lambda: SSO(m=0), "m = 0; expected a whole number, 1 or above"),
        (lambda: SSO(m=2.5), "m = 2.5; expected a whole number, 1 or above"),
        (lambda: SSO(batch=-1), "batch = -1; expected a whole number, 0 or above"),
        (lambda: SSO(schedule="cosine"), "schedule = 'cosine'; expected one of constant, sto"),
        (lambda: SSO(inner="newton"), "inner = 'newton'; expected one of armijo, fixed, exact"),
        (lambda: SLSSSO(shrink=1.0), "shrink = 1.0; expected a number below 1"),
        (lambda: SLS(c=-1.0), "c = -1.0; expected"),
        (lambda: SLS(shrink=1.5), "shrink = 1.5; expected a number below 1"),
        (lambda: SVRG(batch=math.inf), "batch = inf; expected a whole number, 1 or above"),
        (lambda: SLSSSO(m=10.0), "m = 10.0; expected a whole number"),
        (lambda: SLS(batch=True), "batch = True; expected a whole number"),
        (lambda: SVRG(batch=0), "batch = 0; expected a whole number, 1 or above"),
        (lambda: LBFGS(memory=0), "memory = 0; expected"),
        (lambda: LBFGS(memory=1.5), "memory = 1.5; expected a whole number, 1 or above"),
        (lambda: GradientDescent(step=-1.0), "step = -1.0; expected"),
        (lambda: SGD(step=0.0), "expected a finite number above 0"),
        (lambda: Adam(learning_rate=math.inf), "learning_rate = inf; expected"),
        (lambda: AdaGrad(batch=-2), "batch = -2; expected a number of components"),
    ],
)
def test_refused_parameters(make_one, sentence):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the sentence is looked at
        make_one()
    assert sentence in str(caught.value)
