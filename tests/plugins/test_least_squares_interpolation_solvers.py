"""The solvers of least squares under interpolation: published figures, references, rates."""

import importlib
import itertools
from pathlib import Path

import numpy as np
import pytest

import bench_optimization.least_squares_interpolation as board
from bench_optimization.least_squares_interpolation import _steps
from bench_optimization.least_squares_interpolation.accelerated_kaczmarz import AcceleratedKaczmarz
from bench_optimization.least_squares_interpolation.accelerated_sgd import (
    AcceleratedSGD,
    coefficients,
)
from bench_optimization.least_squares_interpolation.conjugate_gradient import ConjugateGradient
from bench_optimization.least_squares_interpolation.gradient_descent import GradientDescent
from bench_optimization.least_squares_interpolation.heavy_ball import HeavyBall
from bench_optimization.least_squares_interpolation.kaczmarz import Kaczmarz
from bench_optimization.least_squares_interpolation.mass import MaSS
from bench_optimization.least_squares_interpolation.nesterov import Nesterov
from bench_optimization.least_squares_interpolation.peer_lbfgs import PeerLBFGS
from bench_optimization.least_squares_interpolation.problem import LeastSquaresInterpolation
from bench_optimization.least_squares_interpolation.saga import SAGA
from bench_optimization.least_squares_interpolation.sgd import SGD
from bench_optimization.least_squares_interpolation.svrg import SVRG
from harness.api import BudgetSpent, Data, Meter, Solver
from harness.cases import make_case
from harness.loading import Source, load_class

PROBLEM = LeastSquaresInterpolation()
NAME = "least_squares_interpolation"
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)


def made(text, seed=0):
    return PROBLEM.make(make_case(NAME, PROBLEM, text), np.random.default_rng(seed))


def run(solver, instance, seed=0, calls=None):
    """The last point, where the calls of the case are spent."""
    found = list(points(solver, PROBLEM.open(Data(instance.data), Meter(calls)), seed))
    return found[-1]


def points(solver, oracle, seed=0, count=None):
    """The points that a solver yields until its calls are spent, at most `count`."""
    answers = solver.solve(oracle, np.random.default_rng(seed))
    try:
        for answer in itertools.islice(answers, count):
            yield np.array(answer)
    except BudgetSpent:
        return


class Quadratic:
    """f(x) = x'diag(spectrum)x / 2, whose sampled gradient is `factor()` times the gradient."""

    def __init__(self, spectrum, start, growth=1.0, factor=lambda: 1.0):
        self.spectrum, self.start = np.asarray(spectrum, float), np.asarray(start, float)
        self.n, self.calls, self.growth, self.factor = 1, 10**4, growth, factor
        self.smoothness, self.strong_convexity = max(spectrum), min(spectrum)
        self.component_smoothness = growth * self.smoothness
        self.second_moment_smoothness = growth * self.smoothness
        self.statistical_condition = growth

    def gradient(self, x):
        return self.spectrum * x

    def stochastic_gradient(self, x, indices):
        return self.factor() * self.gradient(x)


@pytest.fixture(autouse=True)
def every_step(monkeypatch):
    """Solvers yield after each step, so that each is seen."""
    monkeypatch.setattr(_steps, "_SLICE", 1)


# Accelerated SGD: published figures


def test_known_steps_without_noise():
    found = list(points(AcceleratedSGD(batch=0), Quadratic([1.0, 0.1], [1.0, 1.0]), count=31))
    expected = [(1, 1), (0, 0.9), (0, 0.76324555), (0, 0.62298221)]
    np.testing.assert_allclose(found[:4], expected, atol=5e-9)
    rival = list(points(Nesterov(), Quadratic([1.0, 0.1], [1.0, 1.0]), count=31))
    np.testing.assert_allclose(found, rival, atol=1e-14)


def test_known_coefficients_without_strong_convexity():
    gamma, found = 1.0, []
    for _ in range(5):
        alpha, gamma = coefficients(1.0, gamma, 0.0)
        found.append(alpha)
    expected = [0.6180340, 0.4558868, 0.3636640, 0.3035012, 0.2609194]
    np.testing.assert_allclose(found, expected, atol=5e-8)


@pytest.mark.parametrize(("q", "gamma", "mu"), [(1.0, 0.3, 0.1), (0.01, 5.0, 0.2), (1e-9, 1e-3, 0)])
def test_coefficients_solve_their_equation(q, gamma, mu):
    alpha, after = coefficients(q, gamma, mu)
    assert 0 < alpha < 1
    assert alpha**2 == pytest.approx(q * after, rel=1e-12)
    assert after == pytest.approx((1 - alpha) * gamma + alpha * mu, rel=1e-12)


@pytest.mark.parametrize(
    ("condition", "rho", "catalogue", "safe"),
    [
        (1, 2, 0.5203, 0.5000),
        (1, 30, 1.0745, 0.9667),
        (10, 4, 1.1335, 0.8911),
        (1000, 2, 1.2061, 0.9733),
        (1000, 100, 1.2639, 0.9995),
        (1000, 1, 0.9378, 0.9378),
    ],
)
def test_known_rates_of_second_moments(condition, rho, catalogue, safe):
    """The spectral radius of (w, v) -> (w, v) squared, for gradients that are 0 or rho times it."""

    def radius(q_over_eta):
        mu, eta = 1 / condition, 1 / rho
        alpha, after = coefficients(eta * q_over_eta, mu, mu)
        assert after == pytest.approx(mu, rel=1e-12)
        largest = 0.0
        for curvature in np.geomspace(mu, 1.0, 60):
            y = np.array([1.0, alpha]) / (1 + alpha)  # of w and v
            moments = np.zeros((4, 4))
            for factor, chance in ((rho, 1 / rho), (0.0, 1 - 1 / rho)):
                slope = factor * curvature * y
                w = y - eta * slope
                v = (1 - alpha) * np.array([0.0, 1.0]) + alpha * y - alpha / mu * slope
                step = np.array([w, v])
                moments += chance * np.kron(step, step)
            largest = max(largest, abs(np.linalg.eigvals(moments)).max())
        return largest

    assert radius(1.0) == pytest.approx(catalogue, abs=1e-4)
    assert radius(1 / rho) == pytest.approx(safe, abs=1e-4)
    floor, theorem = 1 - 1 / rho, 1 - (1 / condition) ** 0.5 / rho
    assert floor - 1e-9 <= radius(1 / rho) <= theorem + 1e-9


def test_known_losses_under_rare_gradients():
    """kappa = 1, rho = 100: gradients come once in a hundred steps, a hundred times too large."""

    def mean_loss(mode, runs=1000):
        rng = np.random.default_rng(5)
        oracle = Quadratic([1.0], np.ones(runs), 100.0)
        oracle.spectrum = np.ones(runs)
        oracle.factor = lambda: 100.0 * (rng.random(runs) < 0.01)  # a run in each coordinate
        *_, last = points(AcceleratedSGD(mode=mode), oracle, count=101)
        return (last**2).mean() / 2

    assert mean_loss("full_v") == pytest.approx(6e-8, rel=0.5)
    assert mean_loss("safe") == pytest.approx(0.18, abs=0.05)
    assert mean_loss("catalogue") > 10


def test_known_losses_on_unit_rows():
    """n = 2000, d = 50, single samples; published for another draw, so within a factor."""
    instance = made("unit_rows[passes=0.4]")

    def gaps(solver):
        found = list(points(solver, PROBLEM.open(Data(instance.data), Meter()), 1, count=801))
        return [10 ** PROBLEM.score(instance, found[k])[0] for k in (100, 400, 800)]

    def near(expected, factor):
        return [pytest.approx(0.0, abs=np.log10(factor)) for _ in expected]

    expected = np.array([0.20, 1.2e-3, 1.5e-6])
    assert list(np.log10(gaps(AcceleratedSGD()) / expected)) == near(expected, 5)
    expected = np.array([0.14, 3.9e-4, 1.4e-7])
    assert list(np.log10(gaps(SGD()) / expected)) == near(expected, 5)
    diverging = gaps(AcceleratedSGD(mode="catalogue"))
    assert diverging[0] > 10
    assert diverging[2] > 1e9
    full = run(AcceleratedSGD(mode="full_v"), made("unit_rows[passes=101]"), 1)
    assert PROBLEM.score(instance, full)[0] < -6  # 4e-8 after 100 steps


def test_known_steps_by_the_growth_constant():
    """Steps to 1e-6 with a full gradient in the estimating sequence: 1897, 711, 348."""
    instance = made("spectrum")
    steps, growths = [], []
    for batch in (64, 512, 4096):
        oracle = PROBLEM.open(Data(instance.data), Meter())
        oracle.calls, oracle._meter.limit = 10**9, None
        growths.append(_steps.growth(oracle, batch))
        solver = AcceleratedSGD(mode="full_v", batch=batch)
        below = (
            number
            for number, x in enumerate(points(solver, oracle, 3, count=4000))
            if PROBLEM.score(instance, x)[0] < -6
        )
        steps.append(next(below))
    np.testing.assert_allclose(growths, [52.3, 7.4, 1.8], rtol=0.25)
    np.testing.assert_allclose(steps, [1897, 711, 348], rtol=0.5)  # from another start
    assert 0.4 < np.polyfit(np.log(growths), np.log(steps), 1)[0] < 0.6


def test_steps_with_full_gradients_are_all_shown(monkeypatch):
    """Each takes a pass, so that a slice of single samples would be more than the run."""
    monkeypatch.undo()
    instance = made("unit_rows[n=2000,d=50,passes=5]")
    oracle = PROBLEM.open(Data(instance.data), Meter())
    assert len(list(points(AcceleratedSGD(mode="full_v"), oracle))) == 1 + 4  # of n + 1 calls each


def test_batches_come_nearer_to_the_gradient_by_their_size():
    instance = made("unit_rows[n=50,d=4]")
    oracle = PROBLEM.open(Data(instance.data), Meter())
    x, rng = np.ones(4), np.random.default_rng(0)
    oracle._meter.limit = None
    full = oracle.gradient(x)
    for batch in (1, 4):
        gradient = _steps.gradients(oracle, rng, batch)
        squares = [np.sum((gradient(x)) ** 2) for _ in range(20_000)]
        singles = [np.sum(oracle.stochastic_gradient(x, [i]) ** 2) for i in range(50)]
        expected = np.mean(singles) / batch + (1 - 1 / batch) * full @ full
        assert np.mean(squares) == pytest.approx(expected, rel=0.05)


# Update rules against references


def drawn(seed, n, batch, count):
    """The batches that solvers draw."""
    return list(itertools.islice(_steps.batches(np.random.default_rng(seed), n, batch), count))


def sampled(instance, x, indices):
    rows, targets = instance.data["features"][indices], instance.data["targets"][indices]
    return rows.T @ (rows @ x - targets) / len(indices)


REFERENCE = "spectrum[n=40,d=4,condition=10,noise=0.1]"


def check_against(solver, step, state, batch, steps=30, seed=3):
    """`step(state, gradient)` gives the next state, whose first entry is the point."""
    instance = made(REFERENCE)
    oracle = PROBLEM.open(Data(instance.data), Meter())
    found = list(points(solver, oracle, seed, count=steps + 1))
    state = tuple(instance.data["start"] if part is None else part for part in state)
    for number, indices in enumerate(drawn(seed, 40, batch, steps)):
        state = step(state, lambda x, chosen=indices: sampled(instance, x, chosen), indices)
        np.testing.assert_allclose(found[number + 1], state[0], rtol=1e-9, atol=1e-12)


@pytest.fixture
def theory():
    return PROBLEM.open(Data(made(REFERENCE).data), Meter())


def test_sgd_against_its_formula(theory):
    rate = 0.5 / (theory.component_smoothness / 3 + 2 / 3 * theory.smoothness)
    check_against(SGD(batch=3, scale=0.5), lambda s, g, _: (s[0] - rate * g(s[0]),), (None,), 3)


def test_heavy_ball_against_its_formula(theory):
    rate = 0.2 / theory.component_smoothness

    def step(state, gradient, _):
        x, velocity = state
        velocity = 0.8 * velocity - rate * gradient(x)
        return x + velocity, velocity

    check_against(HeavyBall(momentum=0.8), step, (None, 0.0), 1)


def test_nesterov_against_its_formula(theory):
    rate = 1 / (theory.component_smoothness / 5 + 0.8 * theory.smoothness)
    root = np.sqrt(theory.strong_convexity * rate)

    def step(state, gradient, _):
        x, before = state
        y = x + (1 - root) / (1 + root) * (x - before)
        return y - rate * gradient(y), x

    check_against(Nesterov(batch=5), step, (None, None), 5)


def test_mass_against_its_two_step_sizes(theory):
    """Liu and Belkin's first form: u' = (1 + m) w' - m w + eta_2 g(u), w' = u - eta g(u)."""
    smooth = theory.second_moment_smoothness / 2 + theory.smoothness / 2
    tilde = theory.statistical_condition / 2 + 0.5
    root = np.sqrt(smooth / theory.strong_convexity * tilde)
    second = 1 / smooth * root / (root + 1) * (1 - 1 / tilde)

    def step(state, gradient, _):
        w, u = state
        slope = gradient(u)
        after = u - slope / smooth
        return after, after + (root - 1) / (root + 1) * (after - w) + second * slope

    check_against(MaSS(batch=2), step, (None, None), 2)


def test_accelerated_sgd_safe_against_its_formula(theory):
    rho = theory.growth / 2 + 0.5
    eta, mu = 1 / (rho * theory.smoothness), theory.strong_convexity
    alpha = np.sqrt(eta / rho * mu)

    def step(state, gradient, _):
        w, v = state
        y = (w + alpha * v) / (1 + alpha)
        slope = gradient(y)
        return y - eta * slope, (1 - alpha) * v + alpha * y - alpha / mu * slope

    check_against(AcceleratedSGD(batch=2), step, (None, None), 2)


def test_accelerated_sgd_starts_bold_without_strong_convexity(theory):
    """gamma from L falls, so that the first steps are long."""
    rho, smooth = theory.growth, theory.smoothness
    q = 1 / (rho**2 * smooth)

    def step(state, gradient, _):
        w, v, gamma = state
        alpha = (-q * gamma + np.sqrt((q * gamma) ** 2 + 4 * q * gamma)) / 2
        after = (1 - alpha) * gamma
        y = alpha * v + (1 - alpha) * w
        slope = gradient(y)
        return y - slope / (rho * smooth), v - alpha / after * slope, after

    check_against(AcceleratedSGD(strongly_convex=False), step, (None, None, smooth), 1)


def test_saga_against_its_formula(theory):
    table = np.zeros((40, 4))

    def step(state, gradient, indices):
        slope, old = gradient(state[0]), table[indices[0]].copy()
        after = state[0] - (slope - old + table.mean(axis=0)) / (3 * theory.component_smoothness)
        table[indices[0]] = slope
        return (after,)

    check_against(SAGA(), step, (None,), 1)


def test_svrg_against_its_formula(theory):
    instance = made(REFERENCE)
    oracle = PROBLEM.open(Data(instance.data), Meter())
    found = list(points(SVRG(inner=0.5), oracle, 3, count=51))  # epochs of 20 steps
    x, everything = instance.data["start"], np.arange(40)
    rate = 0.1 / theory.component_smoothness
    for number, indices in enumerate(drawn(3, 40, 1, 50)):
        if number % 20 == 0:
            snapshot, mean = x, sampled(instance, x, everything)
        change = sampled(instance, x, indices) - sampled(instance, snapshot, indices)
        x = x - rate * (change + mean)
        np.testing.assert_allclose(found[number + 1], x, rtol=1e-9, atol=1e-12)


def test_kaczmarz_meets_the_row_it_drew_and_draws_by_length():
    instance = made(REFERENCE)
    rows, targets = instance.data["features"], instance.data["targets"]
    oracle = PROBLEM.open(Data(instance.data), Meter())
    oracle._meter.limit = None
    chosen = np.zeros(40)
    for x in points(Kaczmarz(), oracle, 0, count=20_001):
        residual = np.abs(rows @ x - targets)
        chosen[residual.argmin()] += residual.min() < 1e-12
    squares = (rows**2).sum(axis=1)
    assert chosen.sum() >= 20_000 - 1
    np.testing.assert_allclose(chosen / chosen.sum(), squares / squares.sum(), atol=0.01)


def test_accelerated_kaczmarz_against_its_formula():
    instance = made(REFERENCE)
    rows, targets = instance.data["features"], instance.data["targets"]
    lengths = np.linalg.norm(rows, axis=1)
    rows, targets = rows / lengths[:, None], targets / lengths
    lowest = np.linalg.eigvalsh(rows.T @ rows)[0]
    oracle = PROBLEM.open(Data(instance.data), Meter())
    found = list(points(AcceleratedKaczmarz(), oracle, 3, count=61))
    x = v = instance.data["start"]
    gamma, m = 0.0, 40
    for number, (index,) in enumerate(drawn(3, 40, 1, 60)):
        gamma = max(np.roots([1, -(1 - gamma**2 * lowest) / m, -(gamma**2)]).real)
        alpha = (m - gamma * lowest) / (gamma * (m**2 - lowest))
        beta = 1 - gamma * lowest / m
        y = alpha * v + (1 - alpha) * x
        move = (rows[index] @ y - targets[index]) * rows[index]
        x, v = y - move, beta * v + (1 - beta) * y - gamma * move
        np.testing.assert_allclose(found[number + 1], x, rtol=1e-8, atol=1e-12)


# Where they arrive


def test_conjugate_gradients_need_as_many_steps_as_there_are_weights():
    instance = made("spectrum[n=60,d=6,condition=100,noise=0.2]")
    found = list(points(ConjugateGradient(), PROBLEM.open(Data(instance.data), Meter()), count=7))
    assert PROBLEM.score(instance, found[6])[0] == -10
    assert PROBLEM.score(instance, found[5])[0] > -9
    for earlier, later in itertools.pairwise(found):
        assert PROBLEM.score(instance, later)[0] < PROBLEM.score(instance, earlier)[0]


@pytest.mark.parametrize(
    "solver",
    [
        AcceleratedSGD(),
        AcceleratedSGD(mode="full_v"),
        AcceleratedSGD(strongly_convex=False),
        AcceleratedSGD(mode="catalogue", batch=100),
        AcceleratedKaczmarz(),
        ConjugateGradient(),
        GradientDescent(),
        HeavyBall(),
        Kaczmarz(),
        MaSS(),
        MaSS(batch=4),
        Nesterov(),
        Nesterov(batch=100),
        PeerLBFGS(),
        SAGA(),
        SGD(),
        SGD(batch=5),
        SVRG(),
    ],
    ids=repr,
)
def test_all_solve_what_can_be_solved_and_stay_in_the_row_space(solver):
    pytest.importorskip("scipy")
    instance = made("overparameterised[n=10,d=30,passes=3000]", 1)
    x = run(solver, instance)
    cost, scores = PROBLEM.score(instance, x)
    assert cost < -4
    assert scores["distance_to_nearest_solution"] < 0.05
    v = np.linalg.svd(instance.data["features"])[2][10:]
    np.testing.assert_allclose(v @ (x - instance.data["start"]), 0, atol=1e-9)


@pytest.mark.parametrize("solver", [SVRG(), SAGA()], ids=repr)
def test_variance_reduction_meets_noisy_optima(solver):
    instance = made("spectrum[n=50,d=3,condition=3,noise=0.5,passes=600]")
    assert PROBLEM.score(instance, run(solver, instance))[0] < -8


@pytest.mark.parametrize("solver", [SGD(), Kaczmarz(), AcceleratedSGD(), MaSS()], ids=repr)
def test_constant_steps_stall_at_noisy_optima(solver):
    instance = made("spectrum[n=50,d=3,condition=3,noise=0.5,passes=600]")
    assert PROBLEM.score(instance, run(solver, instance))[0] > -6


def test_mass_is_faster_than_sgd_on_badly_conditioned_rows():
    instance = made("spectrum[n=1000,d=20,condition=1000,passes=10]")
    ahead = [
        PROBLEM.score(instance, run(SGD(), instance, seed))[0]
        - PROBLEM.score(instance, run(MaSS(), instance, seed))[0]
        for seed in range(3)
    ]
    assert min(ahead) > 1


# Parameters, and what all must hold to


@pytest.mark.parametrize(
    ("solver", "parameters"),
    [
        (AcceleratedSGD, {"mode": "fast"}),
        (AcceleratedSGD, {"batch": -1}),
        (AcceleratedSGD, {"batch": 1.5}),
        (AcceleratedSGD, {"scale": 0.0}),
        (AcceleratedSGD, {"scale": float("nan")}),
        (GradientDescent, {"scale": -1.0}),
        (HeavyBall, {"momentum": 1.0}),
        (HeavyBall, {"momentum": -0.1}),
        (HeavyBall, {"momentum": float("nan")}),
        (HeavyBall, {"scale": 0.0}),
        (Kaczmarz, {"relaxation": 2.0}),
        (Kaczmarz, {"relaxation": 0.0}),
        (MaSS, {"batch": 0}),
        (Nesterov, {"scale": 1.1}),
        (PeerLBFGS, {"memory": 0}),
        (SAGA, {"scale": float("inf")}),
        (SGD, {"batch": -3}),
        (SVRG, {"inner": 0.0}),
    ],
)
def test_impossible_parameters_are_refused(solver, parameters):
    with pytest.raises(ValueError, match="expected"):
        solver(**parameters)


@pytest.mark.parametrize("stem", STEMS)
def test_spaces_name_parameters_and_hold_the_defaults_kind(stem):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    solver = load_class(Source(module.__file__, module.__name__), Solver, "solver")
    for name, (kind, *ends) in getattr(solver, "space", {}).items():
        assert name in solver.__dataclass_fields__
        assert kind in ("log", "linear", "integer", "log integer", "choice")
        for end in ends:
            solver(**{name: end})  # both ends are allowed
