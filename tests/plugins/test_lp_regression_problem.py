"""The board of l_p regression: its loss, its optimum, its oracle."""

import numpy as np
import pytest
from scipy.optimize import minimize

from bench_optimization.lp_regression import _loss
from bench_optimization.lp_regression.problem import LpRegression
from harness.api import BudgetSpent, Data, InvalidAnswer, InvalidCase, Meter
from harness.cases import make_case

PROBLEM = LpRegression()
NAME = "lp_regression"


def made(text, seed=0):
    return PROBLEM.make(make_case(NAME, PROBLEM, text), np.random.default_rng(seed))


def place(instance):
    return instance.data["features"], instance.data["targets"], instance.data["p"]


def loss(instance, w):
    rows, targets, p = place(instance)
    return np.mean(np.abs(rows @ w - targets) ** p) / p


CASES = ["plane", "plane[p=3]", *(f"factors[n=60,d=7,p={p}]" for p in (2, 3, 4)), "real"]


@pytest.mark.parametrize("text", CASES)
def test_derivatives_are_those_of_the_loss(text):
    instance = made(text)
    w = instance.data["start"] + 0.3 * np.random.default_rng(1).normal(
        size=len(instance.data["start"])
    )
    steps = 1e-5 * np.eye(len(w))
    assert _loss.value(*place(instance), w) == pytest.approx(loss(instance, w))
    slopes = [(loss(instance, w + e) - loss(instance, w - e)) / 2e-5 for e in steps]
    slope = _loss.gradient(*place(instance), w)
    np.testing.assert_allclose(slope, slopes, rtol=1e-5, atol=1e-7)
    bends = [
        (_loss.gradient(*place(instance), w + e) - _loss.gradient(*place(instance), w - e)) / 2e-5
        for e in steps
    ]
    bend = _loss.hessian(*place(instance), w)
    np.testing.assert_allclose(bend, bends, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("text", CASES)
def test_the_optimum_is_least_and_agrees_with_bfgs(text):
    instance = made(text)
    best, least = instance.truth["best"], instance.truth["least"]
    assert np.linalg.norm(_loss.gradient(*place(instance), best)) < 1e-10
    assert least == pytest.approx(loss(instance, best), rel=1e-13, abs=1e-30)
    found = minimize(
        lambda w: loss(instance, w),
        instance.data["start"],
        jac=lambda w: _loss.gradient(*place(instance), w),
        method="BFGS",
        options={"gtol": 1e-10},
    )
    assert least <= found.fun + 1e-12
    assert found.fun - least < 1e-8 * instance.truth["gap"]
    assert PROBLEM.score(instance, best)[0] == -10


def test_of_the_plane_the_optimum_is_the_targets():
    instance = made("plane[first=7.0,second=-2.0]")
    np.testing.assert_allclose(instance.truth["best"], [7, -2], rtol=1e-9)
    assert instance.truth["least"] < 1e-60
    w = np.array([8.0, -2.0])
    cost, scores = PROBLEM.score(instance, w)
    assert scores["suboptimality"] == pytest.approx(1 / 8)
    assert scores["gradient_norm"] == pytest.approx(1 / 2)
    assert cost == pytest.approx(np.log10(1 / (6.99**4 + 2.01**4)))
    assert PROBLEM.score(instance, instance.data["start"])[0] == 0.0


def test_the_curvature_is_the_largest_at_the_start():
    instance = made("plane")
    assert instance.data["curvature"] == pytest.approx(3 * 9.99**2 / 2)
    instance = made("factors[n=60,d=7,p=2]")
    rows = instance.data["features"]
    assert instance.data["curvature"] == pytest.approx(np.linalg.norm(rows, 2) ** 2 / 60)


def test_mixed_columns_are_badly_conditioned_and_standardised():
    rows = made("factors").data["features"]
    assert 500 < np.linalg.cond(rows) ** 2 < 5000
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(rows.std(axis=0), 1, rtol=1e-12)


def test_each_gradient_counts_its_samples():
    instance = made("factors[n=60,d=7,passes=3]")
    meter = Meter()
    oracle = PROBLEM.open(Data(instance.data), meter)
    assert (oracle.n, oracle.dim, oracle.calls, meter.limit) == (60, 7, 180, 180)
    slope = oracle.gradient(oracle.start)
    value, again = oracle.value_and_gradient(oracle.start)
    np.testing.assert_array_equal(slope, again)
    assert value == pytest.approx(loss(instance, oracle.start))
    assert meter.calls == 120
    oracle.gradient(oracle.start)
    with pytest.raises(BudgetSpent):
        oracle.gradient(oracle.start)
    oracle.start[:] = 9
    assert not (instance.data["start"] == 9).any()


@pytest.mark.parametrize(
    "text",
    [
        "plane[p=1]",
        "plane[p=9]",
        "plane[passes=0]",
        "plane[first=0.01,second=0.01]",
        "factors[n=0]",
        "factors[n=1]",
        "factors[factors=0]",
        "factors[spread=0.0]",
        "factors[noise=-1.0]",
        "real[name=iris]",
    ],
)
def test_impossible_cases_are_refused(text):
    with pytest.raises(InvalidCase, match="expected"):
        made(text)


@pytest.mark.parametrize(
    "answer", [None, [1.0, 2.0], np.zeros(3), np.array([np.inf, 0.0]), np.full(2, 1e100)]
)
def test_what_is_no_answer_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        PROBLEM.score(made("plane"), answer)


def test_a_gradient_that_overflows_is_refused_with_the_reason():
    with pytest.raises(InvalidAnswer, match="diverged"):
        PROBLEM.score(made("plane"), np.full(2, 1e90))
