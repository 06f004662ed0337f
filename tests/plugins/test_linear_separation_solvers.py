"""The solvers of linear separation: known iterations, bounds, and the limits of large steps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from bench_optimization.linear_separation.batch_perceptron import BatchPerceptron
from bench_optimization.linear_separation.loss_normalised_gd import LossNormalisedGD
from bench_optimization.linear_separation.lr_gd import LogisticGD
from bench_optimization.linear_separation.normalized_batch_perceptron import (
    NormalizedBatchPerceptron,
)
from bench_optimization.linear_separation.normalized_lr_gd import NormalizedLogisticGD
from bench_optimization.linear_separation.peer_scipy_linprog import ScipyLinprog
from bench_optimization.linear_separation.peer_sklearn_linear_svc import SklearnLinearSVC
from bench_optimization.linear_separation.peer_sklearn_perceptron import SklearnPerceptron
from bench_optimization.linear_separation.perceptron import Perceptron
from bench_optimization.linear_separation.problem import LinearSeparation
from harness.api import BudgetSpent, Case, Data, Instance, Meter
from harness.selectors import adapt, parse

PROBLEM = LinearSeparation()
BATCH = [LogisticGD, NormalizedLogisticGD, BatchPerceptron, NormalizedBatchPerceptron]
MANY = 10**6


def make(text):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    parameters = {**defaults, "passes": MANY, **adapted}
    return PROBLEM.make(Case(family, parameters), np.random.default_rng(0))


def points(solver, instance, seed=0, meter=None):
    """All answers, from the start on, until it ends or the calls are spent."""
    oracle = PROBLEM.open(Data(instance.data), meter or Meter())
    found = []
    try:
        for theta in solver.solve(oracle, np.random.default_rng(seed)):
            found.append(np.array(theta))
    except BudgetSpent:
        pass
    return found


def iterations(solver, text):
    """How many steps until it separates; it must end there."""
    instance = make(text)
    found = points(solver, instance)
    assert PROBLEM.score(instance, found[-1])[0] == 0
    assert PROBLEM.score(instance, found[-2])[0] > 0
    return len(found) - 1


# The worst case, with the numbers of the paper's table


@pytest.mark.parametrize(("step", "expected"), [(100, 2), (10, 2), (1, 16), (0.1, 157)])
def test_normalised_steps_on_the_worst_case(step, expected):
    assert iterations(NormalizedLogisticGD(step=step), "worst_case") == expected


@pytest.mark.parametrize(("step", "expected"), [(100, 308), (1e9, 301)])
def test_plain_steps_on_the_worst_case(step, expected):
    assert iterations(LogisticGD(step=step), "worst_case") == expected


@pytest.mark.parametrize(
    ("n", "batch", "normalised"), [(10, 4, 7), (100, 31, 11), (500, 151, 15), (5000, 1501, 19)]
)
def test_growth_on_the_worst_case(n, batch, normalised):
    assert iterations(BatchPerceptron(), f"worst_case[n={n}]") == batch
    assert iterations(NormalizedLogisticGD(step=1.0), f"worst_case[n={n}]") == normalised


@pytest.mark.parametrize("step", [0.1, 1.0, 10.0, 100.0])
def test_the_bound_of_the_normalised_step(step):
    """R^2/mu^2 + 2 log(2n - 1)/(step mu^2), with mu = 0.5 and R^2 = 1.25."""
    bound = (1.25 + 2 * math.log(1999) / step) / 0.25
    assert iterations(NormalizedLogisticGD(step=step), "worst_case") <= bound


# Small instances


def test_a_high_loss_one_step_from_the_answer():
    instance = make("pair")
    start, first, second = points(LogisticGD(step=100.0), instance)
    assert not start.any()
    np.testing.assert_allclose(first, [50.0, 75.0])
    scores = PROBLEM.score(instance, first)[1]
    assert scores["separated"] == 0
    assert scores["loss"] == pytest.approx(12.5)
    np.testing.assert_allclose(second, [100.0, 25.0])
    assert PROBLEM.score(instance, second)[1]["loss"] < 1e-32
    losses = [PROBLEM.score(instance, x)[1]["loss"] for x in points(LogisticGD(1.0), instance)]
    assert losses == pytest.approx([math.log(2), 0.4278, 0.3106], abs=5e-5)


@pytest.mark.parametrize(
    ("solver", "steps", "last"),
    [
        (LogisticGD(step=1.0), 141, [1.0782702, 5.3979124]),
        (LogisticGD(step=1e8), 19, None),
        (NormalizedLogisticGD(step=1.0), 55, [1.0778047, 5.3922195]),
        (NormalizedLogisticGD(step=1e8), 17, None),
    ],
)
def test_three_samples(solver, steps, last):
    found = points(solver, make("triple"))
    assert len(found) - 1 == steps
    if last:
        np.testing.assert_allclose(found[-1], last, atol=5e-8)


def test_the_first_normalised_steps_on_three_samples():
    _, first, second, *_ = points(NormalizedLogisticGD(step=1.0), make("triple"))
    np.testing.assert_allclose(first, [0.3333333, 0.0666667], atol=5e-8)
    np.testing.assert_allclose(second, [0.5140279, 0.1485972], atol=5e-8)


@pytest.mark.parametrize("text", ["balanced[n=100,dim=10]", "balanced[n=60,dim=5,margin=0.001]"])
def test_the_limits_of_large_steps(text):
    instance, step = make(text), 1e8
    for gradient, batch in [
        (LogisticGD(step=step), BatchPerceptron()),
        (NormalizedLogisticGD(step=step), NormalizedBatchPerceptron()),
    ]:
        limit = points(batch, instance)
        large = points(gradient, instance)
        assert len(limit) == len(large)
        np.testing.assert_allclose(np.array(large) / step, limit, atol=1e-15)


# Imbalance


@pytest.mark.parametrize(
    ("n", "plain", "normalised"),
    [(10, 20, 41), (100, 49, 51), (1000, 481, 51), (10000, 4808, 51)],
)
def test_imbalance(n, plain, normalised):
    assert iterations(LogisticGD(step=1e6 * n), f"imbalanced[n={n}]") == plain
    assert iterations(NormalizedLogisticGD(step=1e6), f"imbalanced[n={n}]") == normalised
    assert iterations(Perceptron(), f"imbalanced[n={n}]") == 51


@pytest.mark.parametrize(("n", "plain"), [(10, 4), (100, 37), (1000, 368), (10000, 3677)])
def test_imbalance_with_a_wide_margin(n, plain):
    assert iterations(LogisticGD(step=1e6 * n), f"imbalanced[n={n},half_margin=0.3]") == plain
    assert iterations(NormalizedBatchPerceptron(), f"imbalanced[n={n},half_margin=0.3]") == 7


def test_a_tie_leads_elsewhere_than_large_steps():
    """A batch iterate has a margin of 0 here, for which the theorem on the limit does not speak."""
    assert iterations(BatchPerceptron(), "imbalanced[n=10]") == 5
    assert iterations(LogisticGD(step=1e8), "imbalanced[n=10]") == 20


@pytest.mark.parametrize(("step", "expected"), [(1.0, 883), (100.0, 30)])
def test_steps_over_the_loss(step, expected):
    assert iterations(LossNormalisedGD(step=step), "imbalanced") == expected


# Real data


@pytest.mark.parametrize(
    ("text", "step", "plain", "normalised"),
    [
        ("digits", 1, 62, 17),
        ("digits", 10, 7, 12),
        ("digits", 100, 2, 12),
        ("digits", 1e4, 4, 14),
        ("iris", 1, 128, 42),
        ("iris", 10, 13, 12),
        ("iris", 100, 4, 4),
        ("iris", 1e4, 4, 4),
    ],
)
def test_real_data(text, step, plain, normalised):
    assert iterations(LogisticGD(step=step), text) == plain
    assert iterations(NormalizedLogisticGD(step=step), text) == normalised


# Each against its formula


def by_formula(kind, z, step, count):
    theta, found = np.zeros(z.shape[1]), [np.zeros(z.shape[1])]
    for t in range(count):
        m = z @ theta
        if (m > 0).all():
            break
        p, wrong = expit(-m), m <= 0
        theta = (
            theta
            + {
                "plain": step * (p[:, None] * z).mean(axis=0),
                "normalised": step * (p[:, None] * z).sum(axis=0) / p.sum(),
                "loss": step * (p[:, None] * z).mean(axis=0) / np.logaddexp(0, -m).mean(),
                "batch": z[wrong].sum(axis=0) / len(z) * (0.5 if t == 0 else 1.0),
                "normalised batch": z[wrong].mean(axis=0) if wrong.any() else 0,
            }[kind]
        )
        found.append(theta)
    return found


@pytest.mark.parametrize(
    ("solver", "kind"),
    [
        (LogisticGD(step=3.0), "plain"),
        (NormalizedLogisticGD(step=3.0), "normalised"),
        (LossNormalisedGD(step=3.0), "loss"),
        (BatchPerceptron(), "batch"),
        (NormalizedBatchPerceptron(), "normalised batch"),
    ],
)
def test_a_solver_is_its_formula(solver, kind):
    instance = make("balanced[n=40,dim=8,margin=0.02]")
    expected = by_formula(kind, instance.data["samples"], 3.0, 10**4)
    np.testing.assert_allclose(points(solver, instance), expected, rtol=1e-9, atol=1e-12)


@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 10**6))
def test_the_perceptron_is_its_loop(n, dim, seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, dim))
    z *= np.sign(z @ rng.normal(size=dim))[:, None]
    instance = Instance({"samples": z, "passes": 50}, {"labels": np.ones(n)})
    theta, expected, looked, since = np.zeros(dim), [np.zeros(dim)], 0, 0
    while since < n and looked < 50 * n:
        row = z[looked % n]
        looked, since = looked + 1, since + 1
        if not row @ theta > 0:
            theta = theta + row
            expected.append(theta)
            since = 0
    meter = Meter()
    np.testing.assert_allclose(points(Perceptron(), instance, meter=meter), expected, atol=1e-12)
    assert meter.calls == looked or since < n  # what the budget cuts off is not counted


def test_the_perceptron_of_scikit_learn_makes_the_same_updates():
    instance = make("digits")
    ours = points(Perceptron(), instance)
    theirs = points(SklearnPerceptron(), instance)
    assert len(ours) - 1 == 15
    assert (ours[-1] == theirs[-1]).all()


def test_novikoffs_bound():
    for n in (10, 1000):
        instance = make(f"imbalanced[n={n}]")
        z = instance.data["samples"]
        best = np.array([1.0, 0.0]) + z[-1] / np.linalg.norm(z[-1])
        margin = (z @ best).min() / np.linalg.norm(best)
        updates = len(points(Perceptron(), instance)) - 1
        assert updates <= (z**2).sum(axis=1).max() / margin**2


# Peers


@pytest.mark.parametrize("peer", [ScipyLinprog, SklearnLinearSVC, SklearnPerceptron])
@pytest.mark.parametrize("text", ["imbalanced[n=50]", "iris", "balanced[n=200,dim=5]"])
def test_peers_separate(peer, text):
    instance = make(f"{text[:-1]},passes=3000]" if "[" in text else f"{text}[passes=3000]")
    assert PROBLEM.score(instance, points(peer(), instance)[-1])[0] == 0


def test_the_exact_peer_pays_for_all_passes():
    meter, instance = Meter(), make("iris[passes=20]")
    points(ScipyLinprog(), instance, meter=meter)
    assert meter.calls == 20 * 150


# All


@pytest.mark.parametrize("solver", [*BATCH, LossNormalisedGD])
def test_the_order_of_the_samples_does_not_matter(solver, rng):
    instance = make("balanced[n=50,dim=4]")
    order = rng.permutation(50)
    other = Instance(
        {**instance.data, "samples": instance.data["samples"][order]},
        {"labels": instance.truth["labels"][order]},
    )
    np.testing.assert_allclose(
        points(solver(), instance), points(solver(), other), rtol=1e-9, atol=1e-12
    )


def test_what_is_not_separable_ends_with_the_calls():
    both = np.array([[1.0, 0.0], [-1.0, 0.0], [0.3, 1.0]])
    instance = Instance({"samples": both, "passes": 30}, {"labels": np.ones(3)})
    for solver in (*BATCH, LossNormalisedGD, Perceptron):
        meter = Meter()
        points(solver(), instance, meter=meter)
        assert meter.calls <= 90


@pytest.mark.parametrize("solver", [LogisticGD, NormalizedLogisticGD, LossNormalisedGD])
@pytest.mark.parametrize("step", [0.0, -1.0, math.nan, math.inf])
def test_steps_that_are_none(solver, step):
    with pytest.raises(ValueError, match="expected a finite number above 0"):
        solver(step=step)
