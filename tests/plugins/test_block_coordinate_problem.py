"""The board of block coordinate descent: cases, optima, scores and symmetries."""

import functools
import itertools

import numpy as np
import pytest

from bench_optimization.block_coordinate import _families
from bench_optimization.block_coordinate._families import dense, sparse, whole
from bench_optimization.block_coordinate._model import Model, onto_simplex
from bench_optimization.block_coordinate._optimum import optimum
from bench_optimization.block_coordinate._program import program
from bench_optimization.block_coordinate.problem import BlockCoordinate, instance_of
from harness.api import Case, Data, InvalidAnswer, InvalidCase
from harness.selectors import adapt, parse

PROBLEM = BlockCoordinate()
QUICK = [*PROBLEM.suites["edge"], *PROBLEM.suites["smoke"]]


def case_of(text):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    return Case(family, {**defaults, **adapted})


def data_of(text, seed=0):
    """The data alone, without the search for the optimum."""
    case = case_of(text)
    return getattr(_families, case.family)(case, np.random.default_rng(seed))


@functools.cache
def make(text, seed=0):
    return PROBLEM.make(case_of(text), np.random.default_rng(seed))


def model_of(instance):
    return Model(Data(instance.data))


def matrix_of(instance):
    """A as an array, from the stored columns alone."""
    data = instance.data
    if "matrix" in data:
        return data["matrix"]
    matrix = np.zeros(data["shape"])
    for j in range(data["shape"][1]):
        part = slice(data["starts"][j], data["starts"][j + 1])
        matrix[data["rows"][part], j] = data["values"][part]
    return matrix


def value(instance, x):
    """F(x), from its definition."""
    data = instance.data
    z = matrix_of(instance) @ x.reshape(-1, data["classes"])
    if data["loss"] == "squares":
        loss = 0.5 * np.sum((z[:, 0] - data["target"]) ** 2)
    elif data["loss"] == "logistic":
        loss = np.sum(np.log1p(np.exp(-data["target"] * z[:, 0])))
    else:
        rows = np.arange(len(z))
        loss = np.sum(np.log(np.exp(z).sum(axis=1)) - z[rows, data["target"]])
    return loss + data["l2"] / 2 * np.sum(x**2) + data["l1"] * np.abs(x).sum()


def any_point(instance, rng):
    """A feasible point."""
    x = rng.normal(size=len(instance.data["start"]))
    if instance.data["nonnegative"]:
        return np.maximum(x, 0)
    return np.abs(x) / np.abs(x).sum() if instance.data["simplex"] else x


# Cases


@pytest.mark.parametrize("text", QUICK)
def test_the_generator_alone_decides(text):
    first, again = data_of(text, 3), data_of(text, 3)
    for name, entry in first.items():
        np.testing.assert_array_equal(entry, again[name])
    if text.startswith(("uneven", "lattice", "words", "unmixing[rows=5")):
        assert not np.array_equal(first["target"], data_of(text, 4)["target"])


def test_uneven_columns_have_uneven_lengths():
    data = data_of("uneven")
    assert data["shape"] == (200, 2000)
    model = Model(Data(data))
    share = len(data["values"]) / (200 * 2000)
    assert share == pytest.approx(10 * np.log(2000) / 2000, rel=1e-3)
    used = model.squares[model.squares > 0]
    assert np.quantile(used, 0.9) > 50 * np.quantile(used, 0.1)
    part = data_of("uneven[rows=2000,columns=100,density=1.0]")["matrix"]
    assert (part.mean(axis=0) / part.std(axis=0)).mean() == pytest.approx(0, abs=0.3)
    assert np.abs(part.mean(axis=0) / part.std(axis=0)).mean() == pytest.approx(1, abs=0.05)


def test_a_share_of_one_makes_all_zero():
    for text in ("uneven[rows=30,columns=50,share=1.0]", "breast_cancer[share=1.0]"):
        instance = make(text)
        assert not instance.truth["optimum"].any()
        less = make(text.replace("1.0", "0.98"))
        assert np.count_nonzero(less.truth["optimum"]) >= 1


def test_a_lattice_is_the_quadratic_of_its_edges(rng):
    side = 5
    instance = make(f"lattice[side={side},labels=6,weight=3.0]", 7)
    matrix, target = matrix_of(instance), instance.data["target"]
    hessian = matrix.T @ matrix / 3
    assert instance.sizes["n"] == 19
    assert np.isin(np.diagonal(hessian).round(9), [2, 3, 4]).all()
    assert set(np.unique((hessian - np.diag(np.diagonal(hessian))).round(9))) == {-1.0, 0.0}
    # The optimum is harmonic: each node the mean of its neighbours, labels among them.
    x = instance.truth["optimum"]
    np.testing.assert_allclose(hessian @ x, matrix.T @ target / 3, rtol=0, atol=1e-9)
    # No label is exceeded, and the value is that of the edges.
    assert value(instance, x) == pytest.approx(instance.truth["value"], rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "uneven[rows=0]",
        "uneven[density=2.0]",
        "uneven[share=-0.1]",
        "lattice[side=3,labels=9]",
        "lattice[weight=0.0]",
        "breast_cancer[l2=0.0]",
        "breast_cancer[share=1.5]",
        "digits[l2=-1.0]",
        "unmixing[columns=3,parts=4]",
    ],
)
def test_what_makes_no_case_is_told(text):
    with pytest.raises(InvalidCase, match="expected"):
        make(text)


# Optima


@pytest.mark.parametrize("text", QUICK)
def test_optima_are_at_rest(text):
    instance = make(text)
    model, x = model_of(instance), instance.truth["optimum"]
    rest = model.unrest(x, model.gradient(x, model.predict(x)))
    begun = model.unrest(model.start, model.gradient(model.start, model.predict(model.start)))
    assert rest <= 1e-11 * max(begun, 1.0)
    assert PROBLEM.score(instance, x)[0] == -10
    assert instance.optimum == -10


@pytest.mark.parametrize("text", QUICK)
def test_no_point_nearby_is_better(text, rng):
    instance = make(text)
    best = instance.truth["optimum"]
    least = value(instance, best)
    assert least == pytest.approx(instance.truth["value"], rel=1e-9, abs=1e-9)
    for _ in range(20):
        point = best + 0.01 * (any_point(instance, rng) - best)
        assert value(instance, point) >= least - 1e-9 * max(1.0, abs(least))


@pytest.mark.parametrize("positive", [True, False])
def test_lasso_is_that_of_scikit_learn(positive):
    """Known: its alpha = l1 / n has our optimum, and its objective times n our value."""
    from sklearn.linear_model import Lasso

    sign = "true" if positive else "false"
    instance = make(f"uneven[rows=60,columns=200,share=0.05,nonnegative={sign}]")
    matrix, target = matrix_of(instance), instance.data["target"]
    found = Lasso(
        alpha=instance.data["l1"] / 60,
        positive=positive,
        fit_intercept=False,
        tol=1e-14,
        max_iter=10**6,
    ).fit(matrix, target)
    x = instance.truth["optimum"]
    assert np.count_nonzero(x) > 5
    np.testing.assert_allclose(found.coef_, x, rtol=1e-6, atol=1e-8)
    assert value(instance, found.coef_) == pytest.approx(instance.truth["value"], rel=1e-12)


def test_bounds_are_those_of_nnls():
    from scipy.optimize import nnls

    instance = make("uneven[rows=100,columns=40,density=1.0,nonnegative=true]")
    found = nnls(matrix_of(instance), instance.data["target"])[0]
    np.testing.assert_allclose(instance.truth["optimum"], found, rtol=1e-8, atol=1e-10)


def test_logistic_and_softmax_are_those_of_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    for text in ("breast_cancer", "digit_parity[l2=3.0]", "digits[rows=60]"):
        instance = make(text)
        found = LogisticRegression(
            C=1 / instance.data["l2"],
            fit_intercept=False,
            tol=1e-12,
            max_iter=500,
            solver="newton-cholesky",
        ).fit(matrix_of(instance), instance.data["target"])
        np.testing.assert_allclose(
            instance.truth["optimum"], found.coef_.T.ravel(), rtol=1e-5, atol=1e-7
        )


def by_enumeration(hessian, linear, l1, nonnegative, simplex):
    """The least of x'Hx/2 - linear'x + l1 |x| over all sets of free coordinates and signs."""
    n, best = len(linear), (np.inf, None)
    signs = (0, 1) if nonnegative or simplex else (-1, 0, 1)
    for sign in itertools.product(signs, repeat=n):
        sign = np.array(sign, float)
        free = np.flatnonzero(sign)
        x = np.zeros(n)
        if len(free):
            part, right = hessian[np.ix_(free, free)], (linear - l1 * sign)[free]
            if simplex:
                ones = np.ones((len(free), 1))
                part = np.block([[part, ones], [ones.T, np.zeros((1, 1))]])
                right = np.append(right, 1.0)
            x[free] = np.linalg.solve(part, right)[: len(free)]
        elif simplex:
            continue
        if (x * sign < 0).any():
            continue
        cost = x @ hessian @ x / 2 - linear @ x + l1 * np.abs(x).sum()
        if cost < best[0]:
            best = (cost, x)
    return best[1]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("l1", "nonnegative", "simplex"),
    [(0.7, False, False), (0.4, True, False), (0.0, True, False), (0.0, False, True)],
)
def test_programs_are_solved_as_by_enumeration(l1, nonnegative, simplex, seed):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(9, 6))
    hessian, linear = a.T @ a, 2 * rng.normal(size=6)
    expected = by_enumeration(hessian, linear, l1, nonnegative, simplex)
    starts = [None, expected, np.full(6, 1 / 6)]
    for start in starts:
        found = program(
            lambda x: hessian @ x,
            lambda free: hessian[np.ix_(free, free)],
            linear,
            np.diagonal(hessian),
            l1,
            nonnegative,
            simplex,
            start,
        )
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_an_exactly_singular_sparse_case_has_an_optimum():
    values = whole(sparse(4, 2, [1.0, 1.0], [0, 0], [0, 1, 2]), "squares", np.arange(4.0) + 1)
    model = Model(Data(values))
    assert model.value(optimum(model)) == pytest.approx((4 + 9 + 16) / 2)


@pytest.mark.parametrize("n", [1, 2, 7])
def test_the_projection_onto_the_simplex(n, rng):
    for total in (1.0, 2.5):
        v = 3 * rng.normal(size=n)
        u = onto_simplex(v, total)
        assert u.min() >= 0
        assert u.sum() == pytest.approx(total, rel=1e-14)
        kept = (v - u)[u > 0]
        np.testing.assert_allclose(kept, kept[0], atol=1e-12)  # one shift for all that stay
        assert (v[u == 0] <= kept[0] + 1e-12).all()


# Scores


@pytest.mark.parametrize("text", QUICK)
def test_gaps_are_differences_of_values(text, rng):
    instance = make(text)
    scale = instance.truth["scale"]
    for _ in range(5):
        x = any_point(instance, rng)
        cost, more = PROBLEM.score(instance, x)
        gap = value(instance, x) - instance.truth["value"]
        assert more["relative_gap"] == pytest.approx(gap / scale, rel=1e-7, abs=1e-9)
        assert more["value"] == pytest.approx(value(instance, x), rel=1e-9)
        if gap > 1e-6 * scale:
            assert cost == pytest.approx(np.log10(gap / scale), abs=1e-5)
    assert PROBLEM.score(instance, instance.data["start"])[0] in (
        pytest.approx(0, abs=1e-9),
        -10,  # where the start is the optimum
    )


def test_small_gaps_of_least_squares_are_exact():
    instance = make("uneven[rows=30,columns=8,density=1.0]")
    x = instance.truth["optimum"].copy()
    x[2] += 1e-10
    column = matrix_of(instance)[:, 2]
    expected = 0.5 * 1e-20 * column @ column / instance.truth["scale"]
    assert PROBLEM.score(instance, x)[1]["relative_gap"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "spoil", "why"),
    [
        ("uneven[rows=8,columns=5]", lambda x: x[:-1], "shape"),
        ("uneven[rows=8,columns=5]", lambda x: list(x), "expected an array"),
        ("uneven[rows=8,columns=5]", lambda x: x * np.nan, "not finite"),
        ("uneven[rows=8,columns=5,nonnegative=true]", lambda x: x - 1e-6, "below 0"),
        ("unmixing[rows=5,columns=9,parts=3]", lambda x: x * 1.001, "expected 1"),
        ("unmixing[rows=5,columns=9,parts=3]", lambda x: x - 2 * x.max(), "below 0"),
    ],
)
def test_what_is_no_answer_is_told(text, spoil, why):
    instance = make(text)
    with pytest.raises(InvalidAnswer, match=why):
        PROBLEM.score(instance, spoil(instance.data["start"].copy()))


def test_what_rounding_did_is_put_right():
    instance = make("unmixing[rows=5,columns=9,parts=3]")
    x = instance.truth["optimum"].copy()
    zero = int(np.flatnonzero(x == 0)[0])
    x[zero] = -1e-12
    cost, more = PROBLEM.score(instance, x * (1 + 1e-11))
    assert cost == -10
    assert more["nonzeros"] == np.count_nonzero(instance.truth["optimum"])


@pytest.mark.parametrize("text", ["uneven[rows=12,columns=30,share=0.2]", *QUICK[-3:]])
def test_symmetries_leave_costs_alone(text, rng):
    instance = make(text)
    found = list(PROBLEM.symmetries(instance, rng))
    assert found
    for symmetry in found:
        x = any_point(symmetry.instance, rng)
        there = PROBLEM.score(symmetry.instance, x)[0]
        here = PROBLEM.score(instance, symmetry.back(x))[0]
        assert there == pytest.approx(here, abs=1e-9)


def test_permuted_classes_go_back_by_features(rng):
    instance = make("digits[rows=30,l2=5.0]")
    (symmetry,) = PROBLEM.symmetries(instance, rng)
    best = symmetry.back(symmetry.instance.truth["optimum"])
    np.testing.assert_allclose(best, instance.truth["optimum"], atol=1e-10)


def test_every_case_of_every_suite_is_known():
    for suite in PROBLEM.suites.values():
        for text in suite:
            family, given = parse(text)
            assert set(given) <= set(PROBLEM.families[family]), text


def test_dense_and_sparse_data_make_one_model(rng):
    matrix = np.where(rng.random((20, 7)) < 0.4, rng.normal(size=(20, 7)), 0.0)
    columns, rows = np.nonzero(matrix.T)
    stored = sparse(20, 7, matrix[rows, columns], rows, np.searchsorted(columns, np.arange(8)))
    signs = np.where(rng.random(20) < 0.5, -1.0, 1.0)
    x, block = rng.normal(size=7), np.array([5, 0, 2])
    one, other = (
        Model(Data(whole(part, "logistic", signs, l1=0.1, l2=0.3)))
        for part in (dense(matrix), stored)
    )
    z = one.predict(x)
    np.testing.assert_allclose(z, other.predict(x))
    np.testing.assert_allclose(one.gradient(x, z), other.gradient(x, z))
    np.testing.assert_allclose(one.curvature, other.curvature)
    np.testing.assert_allclose(one.block_bound(block), other.block_bound(block))
    np.testing.assert_allclose(one.block_hessian(block, z), other.block_hessian(block, z))
    assert one.value(x) == pytest.approx(other.value(x))
    moved = [z.copy(), z.copy()]
    for model, state in zip((one, other), moved, strict=True):
        model.add(block, np.ones(3), state)
    np.testing.assert_allclose(*moved)
    assert instance_of(whole(stored, "logistic", signs, l2=0.3)).sizes["nonzeros"] == len(rows)
