"""The problem of linear separation: instances, the oracle and its calls, scores, symmetries."""

import numpy as np
import pytest

from bench_optimization.linear_separation import _families
from bench_optimization.linear_separation.problem import LinearSeparation
from harness.api import BudgetSpent, Case, Data, Instance, InvalidAnswer, InvalidCase, Meter
from harness.selectors import adapt, parse

PROBLEM = LinearSeparation()


def make(text, seed=0):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def opened(text, limit=None):
    meter = Meter(limit)
    return PROBLEM.open(Data(make(text).data), meter), meter


@pytest.mark.parametrize("family", sorted(PROBLEM.families))
def test_every_family_is_separable(family):
    instance = make(family)
    z = instance.data["samples"]
    assert _families.separable(z)
    assert len(z) == len(instance.truth["labels"]) == instance.sizes["n"]
    assert set(instance.truth["labels"]) <= {-1.0, 1.0}
    assert PROBLEM.score(instance, np.zeros(z.shape[1]))[0] == 1


def test_the_worst_case_of_the_paper():
    instance = make("worst_case[n=5]")
    a = instance.data["samples"] * instance.truth["labels"][:, None]
    assert a.tolist() == [[0.5, -1.0]] + 4 * [[-0.5, -1.0]]
    assert instance.truth["labels"].tolist() == [1, -1, -1, -1, -1]


def test_the_margin_of_the_imbalanced_case():
    """The largest margin of the two directions: half_margin / sqrt(1 + half_margin^2)."""
    instance = make("imbalanced")
    bisector = np.array([1.0, 0.0]) + np.array([-1.0, 0.2]) / np.hypot(1.0, 0.2)
    scores = PROBLEM.score(instance, bisector)[1]
    assert scores["relative_margin"] * np.hypot(1.0, 0.2) == pytest.approx(0.0985, abs=2e-3)


def test_balanced_samples_keep_their_distance(rng):
    instance = make("balanced[n=400,dim=3,margin=0.3]")
    z = instance.data["samples"]
    np.testing.assert_allclose(np.linalg.norm(z, axis=1), 1)
    labels = instance.truth["labels"]
    assert 0.3 < (labels > 0).mean() < 0.7
    assert z.mean(axis=0) @ z.mean(axis=0) > 0.1  # all on one side of a plane
    from scipy.optimize import minimize

    normal = z.mean(axis=0) / np.linalg.norm(z.mean(axis=0))
    best = minimize(lambda v: -(z @ v).min() / np.linalg.norm(v), normal, method="Nelder-Mead")
    assert -best.fun >= 0.3


def test_iris_and_digits_are_scaled():
    assert np.linalg.norm(make("iris").data["samples"], axis=1).max() == pytest.approx(1)
    np.testing.assert_allclose(np.linalg.norm(make("digits").data["samples"], axis=1), 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("worst_case[n=1]", "n is 1, expected at least 2"),
        ("imbalanced[half_margin=0.0]", "half_margin is 0.0, expected a number above 0"),
        ("balanced[margin=0.9]", "margin is 0.9, expected 0 to 0.5"),
        ("balanced[n=1,dim=400,margin=0.5]", "of 2000 n points less than n lie 0.5"),
        ("digits[one=3,other=3]", "expected two different digits"),
        ("iris[passes=0]", "passes is 0, expected at least 1"),
    ],
)
def test_refused_cases(text, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert sentence in str(caught.value)


def test_what_is_not_separable_is_refused():
    both = np.array([[1.0, 0.0], [-1.0, 0.0]])
    assert not _families.separable(both)
    with pytest.raises(InvalidCase, match="not separable"):
        _families._checked(both, np.array([1.0, 1.0]), Case("iris", {}))


# The oracle


def test_gradients_are_those_of_the_losses(rng):
    oracle, _ = opened("balanced[n=30,dim=4]")
    z, theta = make("balanced[n=30,dim=4]").data["samples"], rng.normal(size=4)

    def loss(point):
        return np.logaddexp(0, -(z @ point)).sum()

    direction, margins = oracle.gradient(theta, "logistic")
    expected = [(loss(theta - e) - loss(theta + e)) / 2e-6 for e in 1e-6 * np.eye(4)]
    np.testing.assert_allclose(direction, expected, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(margins, z @ theta)
    direction, _ = oracle.gradient(theta, "perceptron")
    np.testing.assert_allclose(direction, z[z @ theta <= 0].sum(axis=0), atol=1e-14)
    np.testing.assert_allclose(oracle.gradient(oracle.start, "perceptron")[0], z.sum(axis=0))


def test_huge_points_do_not_overflow():
    oracle, _ = opened("pair")
    direction, _ = oracle.gradient(np.array([1e300, -1e300]), "logistic")
    assert np.isfinite(direction).all()


def test_calls_are_counted_by_samples_looked_at():
    oracle, meter = opened("imbalanced[n=10,passes=7]")
    assert oracle.calls == 70
    oracle.gradient(oracle.start, "logistic")
    assert meter.calls == 10
    wrong, z = oracle.first_wrong(np.array([1.0, 0.0]), 3)  # the last one, (-1, 0.2)
    assert (wrong, z.tolist()) == (9, [-1.0, 0.2])
    assert meter.calls == 10 + 7
    assert oracle.first_wrong(np.array([1.0, 10.0]), 5)[0] == -1
    assert meter.calls == 27
    assert len(oracle.samples(2)) == 10
    assert meter.calls == 47
    with pytest.raises(BudgetSpent):
        oracle.samples(3)
    oracle.samples(2)
    # Three samples are left, none of them wrong.
    with pytest.raises(BudgetSpent):
        oracle.first_wrong(np.array([1.0, 0.0]), 0)
    assert meter.calls == 67


def test_a_run_of_samples_ends_where_the_budget_does():
    oracle, meter = opened("imbalanced[n=10,passes=1]")
    oracle.first_wrong(np.array([0.0, 1.0]), 2)  # a margin of 0 is wrong
    assert meter.calls == 1
    with pytest.raises(BudgetSpent):
        oracle.gradient(oracle.start, "logistic")
    assert oracle.first_wrong(np.array([1.0, 0.0]), 1)[0] == 9
    assert meter.calls == 10
    with pytest.raises(BudgetSpent):
        oracle.first_wrong(np.array([1.0, 0.0]), 0)


def test_what_the_oracle_refuses():
    oracle, meter = opened("pair")
    for call, sentence in [
        (lambda: oracle.gradient(np.zeros(3), "logistic"), "got the shape (3,), expected"),
        (lambda: oracle.gradient([0.0, 0.0], "logistic"), "got list, expected"),
        (lambda: oracle.gradient(np.zeros(2), "hinge"), "expected logistic or perceptron"),
        (lambda: oracle.first_wrong(np.zeros(2), 2), "there is no sample 2; expected 0..1"),
        (lambda: oracle.samples(0), "expected a whole number of at least 1"),
    ]:
        with pytest.raises((ValueError, IndexError)) as caught:
            call()
        assert sentence in str(caught.value)
    assert meter.calls == 0


# Scores


def test_the_cost_is_the_mean_of_the_classes():
    instance = make("imbalanced[n=5]")
    cost, scores = PROBLEM.score(instance, np.array([1.0, 0.0]))
    assert cost == 0.5  # all of one class right, the one of the other wrong
    assert scores["wrong"] == 1
    assert scores["separated"] == 0
    assert scores["loss"] == pytest.approx((4 * np.log1p(np.exp(-1)) + np.log1p(np.e)) / 5)
    cost, scores = PROBLEM.score(instance, np.array([1.0, 6.0]))
    assert (cost, scores["separated"]) == (0, 1)
    assert scores["relative_margin"] == pytest.approx(0.2 / np.sqrt(37) / np.hypot(1, 0.2))


def test_a_margin_of_zero_is_wrong():
    instance = Instance({"samples": np.eye(2), "passes": 1}, {"labels": np.ones(2)})
    assert PROBLEM.score(instance, np.array([0.0, 1.0]))[0] == 0.5


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (None, "theta is a NoneType"),
        (np.zeros(3), "theta has the shape (3,), expected (2,)"),
        (np.array([1.0, np.nan]), "theta is not finite in 1 of 2 entries"),
        (np.array(["a", "b"]), "theta is an array of <U1"),
    ],
)
def test_refused_answers(answer, sentence):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(make("pair"), answer)
    assert sentence in str(caught.value)


def test_the_starter_solves():
    names = {}
    body = "".join(f"    {line}\n" for line in PROBLEM.starter.splitlines())
    exec("def solve(oracle):\n" + body, names)
    instance = make("iris")
    oracle = PROBLEM.open(Data(instance.data), Meter())
    *_, last = names["solve"](oracle)
    assert PROBLEM.score(instance, last)[0] == 0
