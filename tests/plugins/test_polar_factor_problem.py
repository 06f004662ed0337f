"""The polar factor's board: cases, scores, the resolution, what is refused."""

import math

import numpy as np
import pytest

from bench_optimization.polar_factor.problem import PolarFactor, resolution
from harness.api import Instance, InvalidAnswer, InvalidCase
from harness.cases import make_case
from harness.instances import case_rng

PROBLEM = PolarFactor()
TEXTS = [text for suite in ("smoke", "edge", "tuning") for text in PROBLEM.suites[suite]]


def make(text):
    case = make_case("polar_factor", PROBLEM, text)
    return PROBLEM.make(case, case_rng("polar_factor", case))


def refusal(text):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    return str(caught.value)


@pytest.mark.parametrize("text", TEXTS)
def test_the_truth_is_the_polar_factor(text):
    """What defines it: O^T G is symmetric and positive semidefinite, and O a partial isometry."""
    instance = make(text)
    g, factor = instance.data["matrix"].astype(float), instance.truth["factor"]
    rank = instance.truth["rank"]
    scale = np.linalg.norm(g) or 1.0
    symmetric = factor.T @ g / scale
    np.testing.assert_allclose(symmetric, symmetric.T, atol=1e-13)
    assert np.linalg.eigvalsh(symmetric).min() > -1e-13
    np.testing.assert_allclose(factor @ symmetric, g / scale, atol=1e-13)
    values = np.linalg.svd(factor, compute_uv=False)
    np.testing.assert_allclose(values, np.arange(len(values)) < rank, atol=1e-13)
    assert instance.sizes == {"n": min(g.shape), "rows": g.shape[0], "cols": g.shape[1]}
    cost, scores = PROBLEM.score(instance, factor)
    assert cost == instance.optimum
    assert scores["orthogonality_error"] < 1e-12


def test_families_are_what_they_say():
    values = np.linalg.svd(make("conditioned[rows=9,cols=13]").data["matrix"], compute_uv=False)
    np.testing.assert_allclose(values, np.geomspace(1, 1e-3, 9), rtol=1e-10)
    values = np.linalg.svd(make("gradient_like[rows=9,cols=5]").data["matrix"], compute_uv=False)
    np.testing.assert_allclose(values, 1 / np.arange(1, 6), rtol=1e-12)
    instance = make("near_orthogonal[rows=40,cols=30,noise=0.01]")
    gap = np.linalg.norm(instance.data["matrix"] - instance.truth["factor"]) / math.sqrt(30)
    assert 0.002 < gap < 0.012
    instance = make("low_rank[rows=20,cols=30,rank=7]")
    assert np.linalg.matrix_rank(instance.data["matrix"]) == 7 == instance.truth["rank"]
    assert not make("low_rank[rows=3,cols=4,rank=0]").data["matrix"].any()
    assert make("gaussian[dtype=float32]").data["matrix"].dtype == np.float32
    one, other = (make(f"gaussian[draw={draw}]").data["matrix"] for draw in (0, 1))
    assert not np.array_equal(one, other)
    np.testing.assert_array_equal(one, make("gaussian").data["matrix"])


def test_the_gradient_of_the_digits_is_that_of_the_loss():
    """Against differences of the loss along two random directions."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    case = make_case("polar_factor", PROBLEM, "digits[hidden=12,dtype=float64]")
    gradient = PROBLEM.make(case, case_rng("polar_factor", case)).data["matrix"]
    rng = case_rng("polar_factor", case)
    first, middle, last = (
        rng.normal(size=side) / np.sqrt(side[0]) for side in ((64, 12), (12, 12), (12, 10))
    )

    def loss(weights):
        scores = np.tanh(np.tanh((images / 8 - 1) @ first) @ weights) @ last
        logs = scores - np.log(np.exp(scores).sum(1, keepdims=True))
        return -logs[np.arange(len(labels)), labels].mean()

    for seed in (1, 2):
        way = np.random.default_rng(seed).normal(size=(12, 12))
        slope = (loss(middle + 1e-5 * way) - loss(middle - 1e-5 * way)) / 2e-5
        assert (gradient * way).sum() == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("gaussian[rows=0]", "rows is 0, expected 1 to 8192: choose another size"),
        ("gaussian[cols=9000]", "cols is 9000, expected 1 to 8192"),
        ("gaussian[dtype=int8]", "there is no dtype 'int8' here; choose one of float32, float64"),
        ("conditioned[condition=0.5]", "condition is 0.5, expected 1 to 1e+14"),
        ("conditioned[condition=1e7,dtype=float32]", "beyond it rounding to float32 decides on"),
        ("near_orthogonal[noise=0.9]", "noise is 0.9, expected 0 to 0.5"),
        ("low_rank[rank=97]", "rank is 97, expected 0 to 96, the shorter side"),
        ("gradient_like[decay=3.0]", "decay is 3.0, expected 0 to 2"),
        ("digits[hidden=0]", "hidden is 0, expected 1 to 128"),
        ("digits[dtype=half]", "there is no dtype 'half' here"),
    ],
)
def test_refused_cases(text, sentence):
    assert sentence in refusal(text)


def of(matrix, rank):
    u, _, vt = np.linalg.svd(matrix)
    factor = u[:, :rank] @ vt[:rank]
    return Instance({"matrix": matrix}, {"factor": factor, "rank": rank}, {}, -15.0)


def test_known_scores():
    instance = of(np.diag([3.0, 4.0]), 2)
    cost, scores = PROBLEM.score(instance, np.diag([0.72288, 1.11920]))
    assert cost == pytest.approx(math.log10(math.hypot(0.27712, 0.1192) / math.sqrt(2)))
    assert scores["least_singular_value"] == pytest.approx(0.72288)
    assert scores["largest_singular_value"] == pytest.approx(1.11920)
    assert scores["cosine"] == pytest.approx(
        (0.72288 + 1.1192) / math.hypot(0.72288, 1.1192) / math.sqrt(2)
    )
    assert scores["muon_update_rms"] == pytest.approx(
        0.2 * math.sqrt(2) * math.hypot(0.72288, 1.1192) / 2
    )
    errors = [0.72288**2 - 1, 1.1192**2 - 1]
    assert scores["orthogonality_error"] == pytest.approx(math.hypot(*errors) / math.sqrt(2))
    assert PROBLEM.score(instance, np.eye(2))[0] == -15.0
    assert PROBLEM.score(instance, np.zeros((2, 2), np.float32))[0] == 0.0
    assert PROBLEM.score(instance, -np.eye(2, dtype=int))[0] == pytest.approx(math.log10(2))


def test_scores_of_zeros():
    instance = make("low_rank[rows=3,cols=4,rank=0]")
    cost, scores = PROBLEM.score(instance, np.zeros((3, 4)))
    assert (cost, scores["cosine"], scores["orthogonality_error"]) == (-15.0, 0.0, 0.0)
    assert PROBLEM.score(instance, np.ones((3, 4)))[0] == pytest.approx(math.log10(12) / 2)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ([[1.0, 0.0], [0.0, 1.0]], "expected an array of real numbers (2, 2)"),
        (np.eye(2, dtype=complex), "the answer is an array of complex128, expected an array of"),
        (np.eye(3), "the answer has the shape (3, 3), expected (2, 2)"),
        (np.array([[1, np.nan], [0, 1]]), "the answer is not finite in 1 of 4 entries"),
        (np.array([[1, -1e61], [0, 1]]), "an entry of size 1.0e+61: the iteration diverged"),
    ],
)
def test_refused_answers(answer, sentence):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(of(np.eye(2), 2), answer)
    assert sentence in str(caught.value)


def test_the_resolution_is_what_roundings_do(rng):
    """Random errors of that size move the factor by that much, on average."""
    for shape, condition, rank in (((8, 8), 1e4, 8), ((12, 5), 30, 5), ((9, 9), 10, 4)):
        q = np.linalg.qr(rng.normal(size=(shape[0], rank)))[0]
        r = np.linalg.qr(rng.normal(size=(shape[1], rank)))[0]
        values = np.geomspace(1, 1 / condition, rank)
        g = (q * values) @ r.T
        size = 1e-9 * np.linalg.norm(g) / math.sqrt(g.size)
        moves = []
        for _ in range(200):
            u, _, vt = np.linalg.svd(g + size * rng.normal(size=shape), full_matrices=False)
            moves.append(np.linalg.norm(u[:, :rank] @ vt[:rank] - q @ r.T) ** 2)
        found = math.sqrt(np.mean(moves) / rank)
        expected = resolution(values, *shape) / (10 * np.finfo(float).eps) * 1e-9
        assert found == pytest.approx(expected, rel=0.15)


def long_inverse(a):
    """Gauss and Jordan in extended precision, with pivots."""
    n = len(a)
    work = np.concatenate([a, np.eye(n, dtype=a.dtype)], axis=1)
    for k in range(n):
        best = k + int(np.abs(work[k:, k]).argmax())
        work[[k, best]] = work[[best, k]]
        work[k] /= work[k, k]
        others = np.arange(n) != k
        work[others] -= work[others, k][:, None] * work[k]
    return work[:, n:]


@pytest.mark.skipif(np.finfo(np.longdouble).eps > 1e-18, reason="no precision beyond double here")
@pytest.mark.parametrize("condition", [1.0, 1e3, 1e6])
def test_the_truth_is_right_to_the_resolution(condition):
    """Against Newton's iteration in extended precision."""
    instance = make(f"conditioned[rows=12,cols=12,condition={condition}]")
    x = instance.data["matrix"].astype(np.longdouble)
    for _ in range(40):
        x = (x + long_inverse(x).T) / 2
    gap = float(np.sqrt(((x - instance.truth["factor"]) ** 2).sum() / 12))
    assert gap <= 10**instance.optimum


def test_suites_name_cases_once():
    named = [
        text for suite in ("smoke", "standard", "large", "tuning") for text in PROBLEM.suites[suite]
    ]
    assert len(named) == len(set(named))
