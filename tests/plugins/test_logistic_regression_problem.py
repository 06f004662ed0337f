"""The problem of logistic regression: instances, minima, the oracle and its calls, scores."""

import math

import numpy as np
import pytest

from bench_optimization.logistic_regression import _families, _optimum
from bench_optimization.logistic_regression.problem import LogisticRegression
from harness.api import BudgetSpent, Case, Data, InvalidAnswer, InvalidCase, Meter
from harness.selectors import adapt, parse

PROBLEM = LogisticRegression()
SMALL = {
    "digits": "digits[n=120]",
    "breast_cancer": "breast_cancer[n=100]",
    "wine": "wine[n=60]",
    "dense": "dense[n=200,dim=6]",
    "sparse": "sparse[n=200,dim=15,nonzeros=4,zipf=1.0]",
    "categories": "categories[n=200]",
}


def make(text, seed=0):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def opened(text, limit=None):
    instance, meter = make(text), Meter(limit)
    return instance, PROBLEM.open(Data(instance.data), meter), meter


def full(instance):
    """The features as an array."""
    features = _families.matrix(instance.data)
    return features if isinstance(features, np.ndarray) else features.toarray()


def by_hand(instance, w, part=slice(None)):
    """f of some components, its gradient and Hessian, by the formulas."""
    x, y, l2 = full(instance)[part], instance.data["labels"][part], instance.data["l2"]
    m = y * (x @ w)
    p = 1 / (1 + np.exp(m))
    value = np.log1p(np.exp(-m)).mean() + l2 / 2 * w @ w
    gradient = -(p * y) @ x / len(y) + l2 * w
    hessian = (x.T * (p * (1 - p))) @ x / len(y) + l2 * np.eye(len(w))
    return value, gradient, hessian


# Instances


@pytest.mark.parametrize("family", sorted(PROBLEM.families))
def test_a_family_makes_what_it_says(family):
    instance = make(SMALL[family])
    x, y = full(instance), instance.data["labels"]
    assert x.shape == (instance.sizes["n"], instance.sizes["d"])
    assert instance.sizes["nonzeros"] >= np.count_nonzero(x)
    assert set(y) == {-1.0, 1.0}
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1)
    assert instance.data["l2"] == pytest.approx(1 / len(y))
    assert not np.allclose(np.linalg.norm(full(make(SMALL[family][:-1] + ",rows=raw]")), axis=1), 1)


def test_every_small_family_is_tried():
    assert set(SMALL) == set(PROBLEM.families)


@pytest.mark.parametrize("text", SMALL.values())
def test_constants_are_eigenvalues(text):
    instance = make(text)
    x, l2 = full(instance), instance.data["l2"]
    largest = np.linalg.eigvalsh(x.T @ x / len(x) / 4)[-1] + l2
    assert instance.data["full_smoothness"] == pytest.approx(largest)
    assert instance.data["smoothness"] == pytest.approx((x**2).sum(axis=1).max() / 4 + l2)
    _, _, hessian = by_hand(instance, np.zeros(x.shape[1]))
    assert np.linalg.eigvalsh(hessian)[-1] == pytest.approx(largest)  # reached at 0


def test_constants_of_wide_data_without_a_gram_matrix(monkeypatch):
    texts = (SMALL["sparse"], SMALL["dense"], "sparse[n=9,dim=30,nonzeros=1]")
    expected = [make(text) for text in texts]
    monkeypatch.setattr(_optimum, "_DIRECT", 0)
    for text, direct in zip(texts, expected, strict=True):
        found = make(text)
        assert found.data["full_smoothness"] == pytest.approx(direct.data["full_smoothness"])
        assert found.truth["value"] == pytest.approx(direct.truth["value"], rel=1e-14)


@pytest.mark.parametrize("text", [*SMALL.values(), "digits[n=300,regularisation=0.0001]"])
def test_the_minimum_is_one(text):
    instance = make(text)
    value, gradient, _ = by_hand(instance, instance.truth["point"])
    assert value == pytest.approx(instance.truth["value"], rel=1e-14)
    bound = gradient @ gradient / (2 * instance.data["l2"])
    assert bound <= 2e-13 * instance.truth["scale"]
    assert instance.truth["scale"] == pytest.approx(math.log(2) - value)


def test_the_minimum_is_that_of_another_program():
    from scipy.optimize import minimize

    instance = make(SMALL["breast_cancer"])
    found = minimize(
        lambda w: by_hand(instance, w)[0],
        np.zeros(30),
        jac=lambda w: by_hand(instance, w)[1],
        options={"gtol": 1e-12},
    )
    assert found.fun == pytest.approx(instance.truth["value"], rel=1e-13)
    np.testing.assert_allclose(instance.truth["point"], found.x, atol=1e-5)


def test_one_feature_by_bisection():
    instance = make("dense[n=7,dim=1,regularisation=100.0]")
    low, high = -10.0, 10.0
    for _ in range(200):
        middle = (low + high) / 2
        falls = by_hand(instance, np.array([middle]))[1][0] < 0
        low, high = (middle, high) if falls else (low, middle)
    assert instance.truth["point"][0] == pytest.approx(low, rel=1e-9)


def test_words_have_zipfs_frequencies():
    instance = make("sparse[n=4000,dim=20,nonzeros=1,zipf=1.0]")
    counts = np.bincount(instance.data["columns"], minlength=20)
    expected = 4000 / np.arange(1.0, 21) / (1 / np.arange(1.0, 21)).sum()
    assert (np.abs(counts - expected) < 5 * np.sqrt(expected)).all()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("digits[n=1798]", "digits has 1797 samples, got n=1798"),
        ("wine[n=0]", "n is 0, expected at least 1"),
        ("dense[dim=0]", "dim is 0, expected at least 1"),
        ("sparse[nonzeros=0]", "nonzeros is 0, expected at least 1"),
        ("categories[levels=4]", "levels is 4, expected at least 5"),
        ("wine[regularisation=0.0]", "regularisation is 0.0, expected a number above 0"),
        ("wine[passes=0]", "passes is 0, expected a number above 0"),
        ("wine[rows=long]", "rows is 'long', expected unit or raw"),
    ],
)
def test_refused_cases(text, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    assert sentence in str(caught.value)


def test_nothing_to_minimise_is_refused():
    features = np.array([[1.0], [1.0]])
    with pytest.raises(InvalidCase, match="the gradient at 0 is 0"):
        _optimum.minimise(features, np.array([1.0, -1.0]), 0.1)


# The oracle


@pytest.mark.parametrize("text", [SMALL["dense"], SMALL["sparse"]])
def test_what_the_oracle_says_are_the_formulas(text, rng):
    instance, oracle, _ = opened(text)
    w, v = rng.normal(size=oracle.dim), rng.normal(size=oracle.dim)
    part = rng.permutation(oracle.n)[:17]
    value, gradient, hessian = by_hand(instance, w)
    assert oracle.value(w) == pytest.approx(value)
    np.testing.assert_allclose(oracle.gradient(w), gradient)
    np.testing.assert_allclose(oracle.hessian_vector(w, v), hessian @ v)
    found = oracle.value_and_gradient(w)
    assert found[0] == pytest.approx(value)
    np.testing.assert_allclose(found[1], gradient)
    _, gradient, hessian = by_hand(instance, w, part)
    np.testing.assert_allclose(oracle.stochastic_gradient(w, part), gradient)
    product, third = oracle.curvature(w, v, part)
    np.testing.assert_allclose(product, hessian @ v)
    step = 1e-5
    ahead, behind = (by_hand(instance, w + t * v, part)[2] for t in (step, -step))
    assert third == pytest.approx(v @ (ahead - behind) @ v / (2 * step), rel=1e-5)
    change, slopes = oracle.slope_change(w, part, np.zeros(17))
    np.testing.assert_allclose(change / 17 + oracle.l2 * w, gradient)
    change, again = oracle.slope_change(w, part, slopes)
    assert not change.any()
    assert (again == slopes).all()


def test_a_third_derivative_that_is_known():
    """Two samples, w = 0: slopes of -y/2, h = 1/4, and no third derivative."""
    _, oracle, _ = opened("wine[n=30]")
    w, v = np.zeros(oracle.dim), np.ones(oracle.dim)
    assert oracle.curvature(w, v, np.arange(30))[1] == pytest.approx(0, abs=1e-15)


def test_every_gradient_of_a_component_is_counted(rng):
    _, oracle, meter = opened("wine[n=50,passes=20]")
    assert (oracle.n, oracle.calls) == (50, 1000)
    w, part = rng.normal(size=oracle.dim), np.arange(7)
    for call, cost in [
        (lambda: oracle.start, 0),
        (lambda: oracle.gradient(w), 50),
        (lambda: oracle.value(w), 50),
        (lambda: oracle.value_and_gradient(w), 50),
        (lambda: oracle.hessian_vector(w, w), 50),
        (lambda: oracle.stochastic_gradient(w, part), 7),
        (lambda: oracle.curvature(w, w, part), 7),
        (lambda: oracle.slope_change(w, part, np.zeros(7)), 7),
        (lambda: oracle.samples(3), 150),
    ]:
        before = meter.calls
        call()
        assert meter.calls - before == cost
    with pytest.raises(BudgetSpent):
        oracle.samples(13)
    assert meter.calls <= oracle.calls


def test_a_smaller_budget_leaves_the_horizon_as_it_is():
    _, oracle, meter = opened("wine[n=50,passes=20]", limit=120)
    assert oracle.calls == 1000  # a schedule must not depend on where the run is stopped
    oracle.gradient(oracle.start)
    oracle.gradient(oracle.start)
    with pytest.raises(BudgetSpent):
        oracle.gradient(oracle.start)
    assert meter.calls == 100


def test_what_the_oracle_refuses():
    _, oracle, meter = opened("wine[n=50]")
    w, part = np.zeros(oracle.dim), np.array([0])
    for call, sentence in [
        (lambda: oracle.gradient(np.zeros(3)), "got the shape (3,), expected float64 of shape"),
        (lambda: oracle.gradient([0.0] * 13), "got list, expected float64"),
        (lambda: oracle.stochastic_gradient(w, np.empty(0, np.int64)), "at least one component"),
        (lambda: oracle.stochastic_gradient(w, [1, 2]), "expected int64[m]"),
        (lambda: oracle.stochastic_gradient(w, np.array([[1]])), "expected int64[m]"),
        (lambda: oracle.curvature(w, np.zeros(3), part), "got the shape (3,)"),
        (lambda: oracle.slope_change(w, part, np.zeros(2)), "the shape (2,), expected (1,)"),
        (lambda: oracle.samples(0), "expected a whole number of at least 1"),
    ]:
        with pytest.raises(ValueError, match=r"expected|got|at least") as caught:
            call()
        assert sentence in str(caught.value)
    for wrong in (-1, 50):
        with pytest.raises(IndexError, match=f"there is no component {wrong}; expected"):
            oracle.stochastic_gradient(w, np.array([3, wrong]))
    assert meter.calls < 10


# Scores


def test_costs_are_decades_of_the_gap():
    instance = make("wine")
    start, best = np.zeros(13), instance.truth["point"]
    assert PROBLEM.score(instance, start)[0] == 0
    assert PROBLEM.score(instance, best)[0] == -10 == instance.optimum
    between = 0.3 * best
    cost, scores = PROBLEM.score(instance, between)
    gap = by_hand(instance, between)[0] - instance.truth["value"]
    assert scores["gap"] == pytest.approx(gap)
    assert cost == pytest.approx(math.log10(gap / (math.log(2) - instance.truth["value"])))
    assert scores["gradient_norm"] == pytest.approx(np.linalg.norm(by_hand(instance, between)[1]))
    assert scores["distance"] == pytest.approx(0.7 * np.linalg.norm(best))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (None, "the point is a NoneType"),
        (np.zeros(3), "the point has the shape (3,), expected (13,)"),
        (np.full(13, np.inf), "the point is not finite in 13 of 13 entries"),
        (np.full(13, 1e200), "not finite: the run diverged"),
    ],
)
def test_refused_answers(answer, sentence):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(make("wine"), answer)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("text", [SMALL["dense"], SMALL["sparse"]])
def test_symmetric_instances_have_the_minimum_they_say(text, rng):
    instance = make(text)
    for symmetry in PROBLEM.symmetries(instance, rng):
        turned = symmetry.instance
        found = _optimum.minimise(
            _families.matrix(turned.data), turned.data["labels"], turned.data["l2"]
        )
        assert found.value == pytest.approx(turned.truth["value"], rel=1e-13), symmetry.name
        point = turned.truth["point"]
        np.testing.assert_allclose(found.point, point, atol=1e-5)
        np.testing.assert_allclose(symmetry.back(point), instance.truth["point"], atol=1e-5)


def test_the_starter_solves():
    names = {}
    body = "".join(f"    {line}\n" for line in PROBLEM.starter.splitlines())
    exec("def solve(oracle):\n" + body, names)
    instance, oracle, _ = opened("wine[passes=50]")
    last = None
    try:
        for answer in names["solve"](oracle):
            last = answer
    except BudgetSpent:
        pass
    assert PROBLEM.score(instance, last)[0] < -1
