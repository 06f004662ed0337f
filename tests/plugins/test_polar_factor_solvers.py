"""The solvers of the polar factor: known answers, convergence, symmetries, odd matrices."""

import importlib
import math
from pathlib import Path

import numpy as np
import pytest

import bench_optimization.polar_factor as board
from bench_optimization.polar_factor._sides import core, norm
from bench_optimization.polar_factor.inverse_root import InverseRoot
from bench_optimization.polar_factor.newton_scaled import NewtonScaled
from bench_optimization.polar_factor.newton_schulz_cubic import NewtonSchulzCubic
from bench_optimization.polar_factor.newton_schulz_minimax import (
    NewtonSchulzMinimax,
    best_quintic,
    schedule,
)
from bench_optimization.polar_factor.newton_schulz_quintic import NewtonSchulzQuintic
from bench_optimization.polar_factor.normalised import Normalised
from bench_optimization.polar_factor.problem import PolarFactor
from bench_optimization.polar_factor.qdwh import QDWH, weights
from bench_optimization.polar_factor.svd import SVD
from harness.api import Data, Solver
from harness.cases import make_case
from harness.instances import case_rng
from harness.loading import Source, load_class

PROBLEM = PolarFactor()
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)
EXACT = [SVD, NewtonScaled, NewtonSchulzCubic, NewtonSchulzMinimax, QDWH]
G1 = np.array([[1, 2, -1], [0.5, -1, 2]])
TRUE = np.array([[0.58000, 0.80347, -0.13433], [0.44280, -0.17253, 0.87986]])


def make(text):
    case = make_case("polar_factor", PROBLEM, text)
    return PROBLEM.make(case, case_rng("polar_factor", case))


def solver_class(stem):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    return load_class(Source(module.__file__, module.__name__), Solver, "solver")


def answers(solver, matrix):
    """All answers, of a matrix that cannot be written."""
    matrix = np.array(matrix, order="C")
    matrix.flags.writeable = False
    found = solver.solve(Data({"matrix": matrix}), np.random.default_rng(0))
    return [np.array(answer) for answer in found]


def last(solver, matrix):
    return answers(solver, matrix)[-1]


def polar(matrix):
    u, _, vt = np.linalg.svd(np.asarray(matrix, float), full_matrices=False)
    return u @ vt


@pytest.fixture(params=STEMS)
def any_solver(request):
    solver = solver_class(request.param)
    for name in solver.requires:
        pytest.importorskip(name)
    return solver()


def test_a_solver_says_what_it_is(any_solver):
    assert any_solver.problem == "polar_factor"
    assert bool(any_solver.papers) == (any_solver.role == "paper")


@pytest.mark.parametrize("make_solver", [*EXACT, InverseRoot])
def test_known_polar_factor(make_solver):
    np.testing.assert_allclose(last(make_solver(), G1), TRUE, atol=5e-6)
    np.testing.assert_allclose(last(make_solver(), G1.T), TRUE.T, atol=5e-6)


def test_known_quintic():
    expected = [
        [0.6122922368, 0.6714319435, 0.0791484259],
        [0.5432114885, 0.0198820834, 0.7899646285],
    ]
    np.testing.assert_allclose(last(NewtonSchulzQuintic(), G1), expected, atol=5e-8)
    cubic = NewtonSchulzQuintic(steps=60, a=1.5, b=-0.5, c=0.0)
    np.testing.assert_allclose(last(cubic, G1), polar(G1), atol=1e-14)


@pytest.mark.parametrize("make_solver", EXACT)
@pytest.mark.parametrize(
    "text",
    [
        "gaussian[rows=30,cols=30]",
        "gaussian[rows=40,cols=25]",
        "gaussian[rows=25,cols=40]",
        "conditioned[rows=33,cols=33,condition=1000000.0]",
        "conditioned[rows=20,cols=50,condition=10000.0]",
        "near_orthogonal[rows=30,cols=50]",
        "gradient_like[rows=50,cols=30]",
        "gaussian[rows=1,cols=1]",
        "gaussian[rows=1,cols=7]",
        "gaussian[rows=7,cols=1]",
    ],
)
def test_it_converges_to_the_polar_factor(make_solver, text):
    instance = make(text)
    cost, _ = PROBLEM.score(instance, last(make_solver(), instance.data["matrix"]))
    # Products of matrices instead of a decomposition lose up to a digit.
    assert cost <= instance.optimum + 1.0


@pytest.mark.parametrize("make_solver", EXACT)
def test_in_single_precision(make_solver):
    instance = make("gaussian[rows=60,cols=80,dtype=float32]")
    found = last(make_solver(), instance.data["matrix"])
    assert found.dtype == np.float32
    assert PROBLEM.score(instance, found)[1]["relative_distance"] < 1e-5


def test_the_inverse_root_loses_half_of_the_digits():
    distances = []
    for condition in ("10.0", "10000.0"):
        instance = make(f"conditioned[rows=40,cols=40,condition={condition}]")
        found = last(InverseRoot(), instance.data["matrix"])
        distances.append(PROBLEM.score(instance, found)[1]["relative_distance"])
    assert distances[0] < 1e-13
    assert 1e-11 < distances[1] < 1e-7


def test_the_quintic_stays_in_its_band():
    for text in ("gaussian[rows=128,cols=32]", "gaussian[rows=40,cols=200]"):
        instance = make(text)
        for steps in (5, 6, 9):
            found = last(NewtonSchulzQuintic(steps=steps), instance.data["matrix"])
            _, scores = PROBLEM.score(instance, found)
            assert scores["least_singular_value"] > 0.68
            assert scores["largest_singular_value"] < 1.21
            assert 0.95 < scores["cosine"] < 0.9999


def test_rank_deficient_matrices():
    for text in ("low_rank[rows=30,cols=40,rank=7]", "low_rank[rows=40,cols=30,rank=1]"):
        instance = make(text)
        for make_solver in (SVD, NewtonScaled, InverseRoot):
            cost, _ = PROBLEM.score(instance, last(make_solver(), instance.data["matrix"]))
            assert cost < -13, make_solver


def test_zeros(any_solver):
    if type(any_solver).__name__ == "PeerScipyPolar":
        pytest.skip("it takes any orthogonal matrix")
    for dtype in (np.float32, np.float64):
        for shape in ((1, 1), (3, 5), (5, 3)):
            found = last(any_solver, np.zeros(shape, dtype))
            assert found.shape == shape
            assert not found.any()


@pytest.mark.parametrize("make_solver", [*EXACT, NewtonSchulzQuintic, InverseRoot, Normalised])
def test_rotations_and_scales(make_solver, rng):
    g = rng.normal(size=(8, 12))
    q, r = (np.linalg.qr(rng.normal(size=(n, n)))[0] for n in (8, 12))
    expected = last(make_solver(), g)
    np.testing.assert_allclose(last(make_solver(), q @ g @ r), q @ expected @ r, atol=1e-12)
    np.testing.assert_allclose(last(make_solver(), g.T), expected.T, atol=1e-12)
    tolerance = 1e-12
    for factor in (1e-3, 1e5, 1e150) if make_solver is not InverseRoot else (1e-3, 1e5):
        if make_solver in (NewtonSchulzQuintic, NewtonSchulzMinimax) and factor < 1:
            tolerance = 1e-4  # of the 1e-7 beside the norm
        np.testing.assert_allclose(last(make_solver(), factor * g), expected, atol=tolerance)


def test_torchs_iteration_is_muons_up_to_bfloat16():
    pytest.importorskip("torch")
    from bench_optimization.polar_factor.peer_torch_muon import PeerTorchMuon

    for shape in ((30, 50), (50, 30)):
        g = np.random.default_rng(1).normal(size=shape)
        found = last(PeerTorchMuon(), g)
        ours = last(NewtonSchulzQuintic(), g)
        assert np.linalg.norm(found - ours) / np.linalg.norm(ours) < 0.02


def test_every_answer_of_the_iterations_is_one_and_they_end(rng):
    g = rng.normal(size=(20, 20))
    counts = {"NewtonScaled": (5, 10), "NewtonSchulzCubic": (10, 40)}
    for make_solver in (NewtonScaled, NewtonSchulzCubic):
        found = answers(make_solver(), g)
        low, high = counts[make_solver.__name__]
        assert low <= len(found) <= high
        gaps = [np.linalg.norm(answer - polar(g)) for answer in found]
        assert gaps[-1] < 1e-13
        assert gaps[-1] <= min(gaps) + 1e-14
    assert len(answers(NewtonSchulzCubic(most_steps=3), g)) == 4


def test_newton_takes_few_steps_at_any_condition():
    for condition in ("1.0", "1000.0", "1000000000000.0"):
        instance = make(f"conditioned[rows=40,cols=40,condition={condition}]")
        assert len(answers(NewtonScaled(), instance.data["matrix"])) <= 11


def test_weights_of_halleys_iteration():
    """The interval [l, 1] goes to [l', 1], both ends and the inner extrema at the stated places."""
    for least in (1e-16, 1e-3, 0.5, 0.9):
        a, b, c = weights(least)
        s = np.geomspace(least, 1, 100_001)
        mapped = s * (a + b * s**2) / (1 + c * s**2)
        lowest = least * (a + b * least**2) / (1 + c * least**2)
        assert mapped.max() <= 1 + 1e-12
        assert mapped.min() == pytest.approx(lowest, rel=1e-12)
        assert mapped[-1] == pytest.approx(1, abs=1e-12)
    a, b, c = weights(1 - 1e-12)
    assert (a, b, c) == (
        pytest.approx(3, abs=1e-3),
        pytest.approx(1, abs=1e-3),
        pytest.approx(3, abs=1e-3),
    )


@pytest.mark.parametrize("low", [1e-3, 0.02, 0.1, 0.5, 0.89])
def test_the_best_quintic_equioscillates(low):
    (a, b, c), error = best_quintic(low)
    s = np.linspace(low, 1, 200_001)
    gap = 1 - (a * s + b * s**3 + c * s**5)
    assert np.abs(gap).max() == pytest.approx(error, rel=1e-6)
    inner = np.flatnonzero(np.diff(np.sign(np.diff(gap)))) + 1
    turns = [0, *inner, -1]
    np.testing.assert_allclose(gap[turns], error * np.array([1, -1, 1, -1]), rtol=1e-6)
    rng = np.random.default_rng(0)
    s = s[turns]
    for change in rng.normal(size=(200, 3)) * 1e-3:  # no other is better at these four points
        a2, b2, c2 = np.array([a, b, c]) + change
        assert np.abs(1 - (a2 * s + b2 * s**3 + c2 * s**5)).max() >= error * (1 - 1e-6)


@pytest.mark.parametrize("least", [1e-12, 1e-8, 1e-3, 0.1, 0.5, 0.9, 0.9999, 1 - 1e-9])
def test_the_schedule_takes_its_interval_to_one(least):
    for precision in (2.3e-16, 1.2e-7):
        steps = schedule(least, precision)
        s = np.geomspace(least, 1, 10_001)
        for a, b, c in steps:
            s = a * s + b * s**3 + c * s**5
        assert np.abs(s - 1).max() <= 2 * precision + 1e-15
    assert len(schedule(least, 2.3e-16, 2)) == min(2, len(schedule(least, 2.3e-16)))


def test_roundings_beyond_one_do_not_grow():
    """A singular value that is 1 from the start, where the polynomials are steepest."""
    for seed in range(50):
        for shape in ((9, 1), (1, 40)):
            g = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
            found = last(NewtonSchulzMinimax(), g)
            assert np.linalg.norm(found - g / np.linalg.norm(g)) < 1e-5


def test_the_stated_number_of_steps():
    assert len(schedule(1e-8, 2.3e-16)) == 16


def test_the_core_of_a_matrix(rng):
    for shape in ((6, 6), (9, 4), (4, 9)):
        g = rng.normal(size=shape)
        inner, back = core(g)
        assert inner.shape == (min(shape),) * 2
        np.testing.assert_allclose(back(polar(inner)), polar(g), atol=1e-13)
    g = np.outer([1.0, 2, 2], [3.0, 4])
    inner, back = core(g)
    assert inner.shape == (1, 1)
    np.testing.assert_allclose(back(np.sign(inner)), g / 15, atol=1e-15)
    assert core(np.zeros((3, 2)))[0].shape == (0, 0)


def test_norms_that_stay_in_range():
    for size in (1e-200, 1.0, 1e200):
        assert norm(size * np.array([[3.0, 4.0]])) == pytest.approx(5 * size)
    assert norm(np.array([[3e30, 4e30]], np.float32)) == pytest.approx(5e30)
    assert norm(np.zeros((2, 2))) == 0


@pytest.mark.parametrize(
    ("make_solver", "options", "sentence"),
    [
        (NewtonSchulzQuintic, {"steps": -1}, "steps = -1; expected a number of steps, 0 or more"),
        (NewtonSchulzQuintic, {"a": math.nan}, "coefficients nan, -4.775, 2.0315; expected fin"),
        (NewtonSchulzMinimax, {"least": 0.0}, "least = 0.0; expected a finite number above 0"),
        (NewtonSchulzMinimax, {"least": 1.0}, "least = 1.0; expected a number below 1"),
        (NewtonSchulzMinimax, {"steps": -2}, "steps = -2; expected a number of steps"),
        (NewtonSchulzCubic, {"most_steps": 0}, "most_steps = 0; expected a number above 0"),
    ],
)
def test_refused_parameters(make_solver, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_solver(**options)
