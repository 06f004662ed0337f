"""The solvers of non-smooth non-convex optimisation: known answers, references, the kit."""

import importlib
import itertools
import math
from pathlib import Path

import numpy as np
import pytest

import bench_optimization.nonsmooth_nonconvex as board
from bench_optimization.nonsmooth_nonconvex import _steps, o2nc
from bench_optimization.nonsmooth_nonconvex import random_scaling_momentum as scaled
from bench_optimization.nonsmooth_nonconvex._goldstein import ball
from bench_optimization.nonsmooth_nonconvex._objectives import objective
from bench_optimization.nonsmooth_nonconvex.adam import Adam
from bench_optimization.nonsmooth_nonconvex.gradient_sampling import GradientSampling
from bench_optimization.nonsmooth_nonconvex.ingd import INGD
from bench_optimization.nonsmooth_nonconvex.momentum import Momentum
from bench_optimization.nonsmooth_nonconvex.normalised_momentum import NormalisedMomentum
from bench_optimization.nonsmooth_nonconvex.o2nc import O2NC
from bench_optimization.nonsmooth_nonconvex.problem import NonsmoothNonconvex
from bench_optimization.nonsmooth_nonconvex.random_scaling_momentum import RandomScalingMomentum
from bench_optimization.nonsmooth_nonconvex.sgd import SGD
from bench_optimization.nonsmooth_nonconvex.smoothed_sgd import SmoothedSGD
from harness.api import BudgetSpent, Case, Meter, Solver
from harness.loading import Source, load_class
from harness.selectors import adapt, parse

PROBLEM = NonsmoothNonconvex()
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)


def make(text, seed=0):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


@pytest.fixture(scope="module")
def phase():
    return make("robust_phase[passes=2000]")


@pytest.fixture(params=STEMS)
def any_solver(request):
    module = importlib.import_module(f"{board.__name__}.{request.param}")
    return load_class(Source(module.__file__, module.__name__), Solver, "solver")()


def answers(solver, instance, seed=0, most=10**9):
    """Copies of the answers until the budget is spent."""
    found = []
    try:
        for answer in solver.solve(PROBLEM.open(instance.data, Meter()), _rng(seed)):
            found.append(np.array(answer))
            if len(found) == most:
                break
    except BudgetSpent:
        pass
    return found


def _rng(seed):
    return np.random.default_rng(seed)


class Function:
    """An oracle for a function with a known gradient."""

    n, delta = 1, 1.0

    def __init__(self, gradient, start, calls=10**6):
        self.start, self.calls = np.array(start), calls
        self._gradient = gradient
        self.visited = []

    def stochastic_gradient(self, x, indices):
        self.visited.append(x.copy())
        return self._gradient(x)


ABSOLUTE = (np.sign, [1.0])


class Halves:
    """In the place of a generator: every number between 0 and 1 is a half."""

    def random(self, count):
        return np.full(count, 0.5)


# O2NC


def test_o2nc_on_an_absolute_value():
    oracle = Function(*ABSOLUTE)
    walk = o2nc.blocks(oracle, Halves(), itertools.repeat(None), 8, 4, delta=1.0, size=1.0)
    found = [(x.copy(), point, gradient) for x, point, gradient in walk]
    assert [float(point[0]) for _, point, _ in found] == [0.796875, 0.171875]
    assert [float(gradient[0]) for _, _, gradient in found] == [1.0, 0.5]
    assert found[-1][0] == [-0.25]


def test_the_length_of_blocks():
    expected = {1000: 34, 4000: 85, 16_000: 214, 64_000: 540, 256_000: 1359}
    for steps, length in expected.items():
        assert o2nc.block_length(steps, 0.1, 8.15, 4.166) == length
    assert o2nc.block_length(10, 1e9, 1.0, 1.0) == 5  # two blocks at least
    assert o2nc.block_length(1, 1.0, 1.0, 1.0) == 1


def test_the_bound():
    expected = {1000: 7.10, 4000: 4.44, 16_000: 2.79, 64_000: 1.76, 256_000: 1.11}
    for steps, bound in expected.items():
        assert o2nc.bound(steps, 0.1, 8.15, 4.166) == pytest.approx(bound, abs=5e-3)


def test_mean_gradients_fall_like_the_cube_root_of_the_steps(phase):
    """Against the means of a run measured beforehand elsewhere on another draw."""
    expected = {1000: 1.914, 4000: 1.187, 16_000: 0.807, 64_000: 0.495}
    found = {}
    for steps in expected:
        oracle, rng = PROBLEM.open(phase.data, Meter()), _rng(1)
        length = o2nc.block_length(steps, 0.1, 8.15, 4.166)
        walk = o2nc.blocks(oracle, rng, _steps.draws(rng, 400, 8), steps, length, 0.1, 8.15)
        lengths = [np.linalg.norm(gradient) for _, point, gradient in walk if point is not None]
        assert len(lengths) == steps // length
        found[steps] = np.mean(lengths)
        assert found[steps] < o2nc.bound(steps, 0.1, 8.15, 4.166)
    assert found == pytest.approx(expected, rel=0.08)
    slope = np.polyfit(np.log(list(found)), np.log(list(found.values())), 1)[0]
    assert -0.40 <= slope <= -0.27


def test_the_points_of_a_block_lie_within_delta_of_their_mean(phase):
    function = objective(phase.data)
    oracle = Function(function.gradient, phase.data["start"])
    walk = o2nc.blocks(oracle, _rng(0), itertools.repeat(None), 300, 30, delta=0.1, size=1.0)
    means = [point for _, point, _ in walk if point is not None]
    assert len(means) == 10
    blocks = np.array(oracle.visited).reshape(10, 30, -1)
    assert np.allclose(blocks.mean(axis=1), means)
    assert np.linalg.norm(blocks - np.array(means)[:, None], axis=2).max() <= 0.1
    # With G far too small the projection is active all the time: steps have the length delta / T.
    steps = np.linalg.norm(np.diff(blocks, axis=1), axis=2)
    assert steps.max() <= 2 * 0.1 / 30 * (1 + 1e-9)


def test_the_gradient_at_a_random_point_of_a_step_tells_its_descent(phase, rng):
    function = objective(phase.data)
    x, move = rng.normal(size=20), rng.normal(size=20)
    points = x + (np.arange(20_000)[:, None] + 0.5) / 20_000 * move
    inner = np.mean(function.gradients(points) @ move)
    assert inner == pytest.approx(function.value(x + move) - function.value(x), rel=1e-5)


def test_o2nc_without_projection_is_heavy_ball_reset_after_each_block():
    oracle = Function(lambda x: 2 * x, [1.0, -2.0])
    # So large a ball that no step comes to its edge; then eta = D / (G sqrt T).
    delta, size, length = 1.0, 50.0, 10
    walk = o2nc.blocks(oracle, _rng(3), itertools.repeat(None), 20, length, delta, size)
    ends = [x.copy() for x, point, _ in walk if point is not None]
    eta = delta / length / (size * math.sqrt(length))
    rng, x = _rng(3), np.array([1.0, -2.0])
    for end in ends:
        total = np.zeros(2)
        for s in rng.random(length):
            w, x = x - s * eta * total, x - eta * total
            total = total + 2 * w
        assert end == pytest.approx(x, rel=1e-12)


def test_what_o2nc_gives(phase):
    instance = make("robust_phase[passes=100]")
    given = {output: answers(O2NC(output=output), instance, 5) for output in _steps.OUTPUTS}
    function = objective(instance.data)
    values = {output: [function.value(x) for x in found] for output, found in given.items()}
    assert values["last"][-1] < 0.3 * values["last"][0]
    # The runs are the same: what counts is one of those that were the last once.
    assert any(np.array_equal(given["random"][-1], x) for x in given["last"])
    assert any(np.array_equal(given["best"][-1], x) for x in given["last"])
    assert not np.array_equal(given["random"][-1], given["last"][-1])


# Random scaling


def test_random_scaling_on_an_absolute_value():
    oracle = Function(*ABSOLUTE)
    list(scaled.steps(oracle, [1.0, 2.0, 0.5, 1.0], itertools.repeat(None), 0.5, 0.9, 0.1))
    expected = [1, 0.14285714, -0.25510204, -0.50874636]
    assert np.ravel(oracle.visited) == pytest.approx(expected, abs=5e-9)


def test_random_scaling_without_scaling_is_momentum(rng):
    matrix = rng.normal(size=(3, 3))
    oracle = Function(lambda x: np.sin(matrix @ x), [1.0, 2.0, 3.0])
    list(scaled.steps(oracle, [1.0] * 51, itertools.repeat(None), 0.1, 0.9, 2.0))
    shrink = 0.9 / (1 + 0.1 * 2.0)
    x, buffer = np.array([1.0, 2.0, 3.0]), np.zeros(3)
    for visited in oracle.visited:
        assert visited == pytest.approx(x, abs=1e-12)
        buffer = shrink * buffer + np.sin(matrix @ x)
        x = x - 0.1 * shrink * buffer


def test_the_mean_has_the_weights_of_the_theory(rng):
    oracle = Function(lambda x: np.sin(3 * x), [1.0, -1.0])
    walk = scaled.steps(
        oracle, scaled.scales(rng), itertools.repeat(None), 0.05, 0.8, 0.0, measured=True
    )
    for t, (mean, gradient, variance) in enumerate(itertools.islice(walk, 30), 1):
        x = np.array(oracle.visited)
        weights = 0.8 ** np.arange(t - 1, -1, -1)
        weights /= weights.sum()
        assert mean == pytest.approx(weights @ x, rel=1e-12)
        assert gradient == pytest.approx(weights @ np.sin(3 * x), rel=1e-10)
        spread = weights @ ((x - weights @ x) ** 2).sum(axis=1)
        assert variance == pytest.approx(spread, rel=1e-10, abs=1e-14)
        if t == 1:
            assert np.array_equal(mean, oracle.start)


def test_the_parameters_of_the_theory():
    expected = {  # epsilon: 1 - b, eta, mu, steps
        2.0: (6.1e-3, 1.3e-5, 4.4e3, 6111),
        1.0: (1.5e-3, 1.2e-6, 1.2e4, 69142),
        0.5: (3.8e-4, 1.0e-7, 3.5e4, 782253),
    }
    for epsilon, (left, eta, mu, steps) in expected.items():
        b, rate, regularisation, count = scaled.theory(epsilon, 10.0, 8.1, 4.166)
        assert 1 - b == pytest.approx(left, rel=0.02)
        assert rate == pytest.approx(eta, rel=0.05)
        assert regularisation == pytest.approx(mu, rel=0.05)  # two digits
        assert count == pytest.approx(steps, rel=0.02)
    with pytest.raises(ValueError, match="epsilon = 100"):
        scaled.theory(100.0, 10.0, 8.1, 4.166)


@pytest.mark.parametrize(("epsilon", "expected"), [(2.0, 1.37), (1.0, 0.58)])
def test_the_guarantee_of_random_scaling(phase, epsilon, expected):
    """The mean over a run of |mean gradient| + c variance, against one measured beforehand."""
    oracle, rng = PROBLEM.open(phase.data, Meter()), _rng(2)
    b, rate, mu, steps = scaled.theory(epsilon, 10.0, 8.1, 4.166)
    batches, factors = _steps.draws(rng, 400, 8), scaled.scales(rng)
    walk = scaled.steps(oracle, factors, batches, rate, b, mu, measured=True)
    measures = [
        math.sqrt(gradient @ gradient) + 10 * variance
        for _, gradient, variance in itertools.islice(walk, steps)
    ]
    assert np.mean(measures) == pytest.approx(expected, rel=0.15)
    assert np.mean(measures) <= epsilon


def test_an_exponential_step_tells_its_descent():
    def value(points):
        return np.abs(points).sum(axis=-1) + np.cos(3 * points).sum(axis=-1)

    x, move = np.array([0.3, -0.2]), np.array([-0.5, 0.4])
    scales = -np.log1p(-(np.arange(400_000) + 0.5) / 400_000)
    points = x + scales[:, None] * move
    inner = np.mean((np.sign(points) - 3 * np.sin(3 * points)) @ move)
    assert inner == pytest.approx(-0.1441648, abs=2e-7)
    assert np.mean(value(points)) - value(x) == pytest.approx(-0.1441647, abs=2e-7)


@pytest.mark.parametrize(
    ("rate", "plain", "expected", "margin"),
    [
        (3e-4, False, 0.274, 0.2),
        (1e-4, False, 0.236, 0.15),
        (3e-5, False, 0.2169, 0.15),
        (1e-3, True, 0.495, 0.5),  # one seed differs from another by a fifth
        (1e-4, True, 0.224, 0.15),
    ],
)
def test_values_after_ten_thousand_steps(phase, rate, plain, expected, margin):
    """Against those measured beforehand on another draw; both from 3 seeds."""
    function = objective(phase.data)
    solver = RandomScalingMomentum(rate, output="last", scaled=not plain)
    ends = [answers(solver, phase, seed, most=10_001)[-1] for seed in range(3)]
    assert np.mean([function.value(x) for x in ends]) == pytest.approx(expected, rel=margin)


# The others


def test_sgd_and_its_relatives_against_their_formulas():
    instance = make("robust_phase[n=30,dim=4,passes=40]")
    function = objective(instance.data)
    start, steps = np.array(instance.data["start"]), 1200 // 5
    drawn = _rng(3).integers(30, size=(1024, 5))
    normalised = answers(NormalisedMomentum(0.01, 0.8, batch=5), instance, 3)
    x, m = start.copy(), np.zeros(4)
    for t in range(steps):
        assert normalised[t] == pytest.approx(x, abs=1e-12)
        m = 0.8 * m + 0.2 * function.gradient(x, drawn[t])
        x = x - 0.01 * (1 - t / steps) * m / np.linalg.norm(m)
    smoothed = answers(SmoothedSGD(1e-3, 0.5, batch=5, decay=False), instance, 4)
    rng, x = _rng(4), start.copy()
    shifts = 0.5 * 0.1 * ball(rng, 256, 4)
    drawn = rng.integers(30, size=(1024, 5))
    for t in range(steps):
        assert smoothed[t] == pytest.approx(x, abs=1e-12)
        x = x - 1e-3 * function.gradient(x + shifts[t], drawn[t])


def test_ingd_against_its_formula():
    instance = make("robust_phase[n=30,dim=4,passes=400]")
    function = objective(instance.data)
    found = answers(INGD(momentum=0.9, batch=5), instance, 6)
    rng, x = _rng(6), np.array(instance.data["start"])
    drawn = iter(rng.integers(30, size=(1024, 5)))
    first = [function.gradient(x, next(drawn)) for _ in range(50)]
    size = np.sqrt(np.mean([g @ g for g in first]))
    m = function.gradient(x, next(drawn))
    step = 0.1 * 0.1 / math.log(2 / math.sqrt(0.1))
    shares = rng.random(1024)
    for t in range(900):
        assert found[t] == pytest.approx(x, abs=1e-10)
        there = x - step * m / (np.linalg.norm(m) + 4 * size)
        m = 0.9 * m + 0.1 * function.gradient(x + shares[t] * (there - x), next(drawn))
        x = there


def test_gradient_sampling_descends_to_a_stationary_point():
    instance = make("robust_phase[n=50,dim=5,passes=1000]")
    function = objective(instance.data)
    values = [function.value(x) for x in answers(GradientSampling(), instance)]
    assert np.all(np.diff(values) <= 0)
    assert PROBLEM.score(instance, answers(GradientSampling(), instance)[-1])[0] == -4.0


def test_momentum_and_adam_and_sgd_use_the_shared_loop():
    """On one component all batches are alike, so that the formulas hold step by step."""
    instance = make("max_quadratics[n=1,dim=3,pieces=1,passes=50]")
    centre = instance.data["centres"][0, 0]
    found = {
        "sgd": answers(SGD(0.05, schedule="constant"), instance),
        "momentum": answers(Momentum(0.05, 0.5, schedule="constant"), instance),
        "adam": answers(Adam(0.05, schedule="constant"), instance),
    }
    x = {name: np.array(instance.data["start"]) for name in found}
    m, first, second = np.zeros(3), np.zeros(3), np.zeros(3)
    for t in range(1, 51):
        for name in found:
            assert found[name][t - 1] == pytest.approx(x[name], rel=1e-10)
        x["sgd"] = x["sgd"] - 0.05 * (x["sgd"] - centre)
        m = 0.5 * m + (x["momentum"] - centre)
        x["momentum"] = x["momentum"] - 0.05 * m
        g = x["adam"] - centre
        first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g * g
        scaled_step = np.sqrt(second / (1 - 0.999**t)) + 1e-8
        x["adam"] = x["adam"] - 0.05 * first / (1 - 0.9**t) / scaled_step


# What they share


def test_a_random_output_is_each_with_the_same_chance():
    counts = np.zeros(5)
    rng = _rng(0)
    for _ in range(4000):
        chosen = _steps.Chosen("random", rng, np.zeros(1))
        for number in range(5):
            chosen.offer(np.array([float(number)]))
        counts[int(chosen.point[0])] += 1
    assert counts / 4000 == pytest.approx(np.full(5, 0.2), abs=0.03)


def test_the_best_output_is_that_of_the_least_measure():
    chosen = _steps.Chosen("best", _rng(0), np.zeros(1))
    for number, measure in enumerate((3.0, 1.0, 2.0)):
        chosen.offer(np.array([float(number)]), measure)
    assert chosen.point == [1.0]


def test_a_solver_says_what_it_is(any_solver):
    assert any_solver.problem == "nonsmooth_nonconvex"
    assert bool(any_solver.papers) == (any_solver.role == "paper")


def test_all_come_closer_and_do_the_same_again(any_solver):
    instance = make("robust_phase[n=100,dim=4,passes=800]")
    first, again = (answers(any_solver, instance, 7) for _ in range(2))
    assert len(first) == len(again)
    assert np.array_equal(first[-1], again[-1])
    assert PROBLEM.score(instance, first[0])[0] == 0.0
    assert PROBLEM.score(instance, first[-1])[0] < -0.25


@pytest.mark.parametrize(
    ("solver", "parameters"),
    [
        (O2NC, {"radius": 0.0}),
        (O2NC, {"batch": 0}),
        (O2NC, {"output": "first"}),
        (O2NC, {"lipschitz": -1.0}),
        (O2NC, {"drop": float("nan")}),
        (RandomScalingMomentum, {"learning_rate": 0.0}),
        (RandomScalingMomentum, {"momentum": 1.0}),
        (RandomScalingMomentum, {"momentum": float("nan")}),
        (RandomScalingMomentum, {"regularisation": -1.0}),
        (RandomScalingMomentum, {"epsilon": -1.0}),
        (RandomScalingMomentum, {"output": ""}),
        (SGD, {"learning_rate": float("nan")}),
        (SGD, {"schedule": "none"}),
        (Momentum, {"momentum": 1.0}),
        (Adam, {"beta2": 1.0}),
        (NormalisedMomentum, {"momentum": -0.1}),
        (NormalisedMomentum, {"batch": 0}),
        (SmoothedSGD, {"radius": -1.0}),
        (INGD, {"momentum": 1.0}),
        (GradientSampling, {"target": 0.0}),
    ],
)
def test_parameters_out_of_range_are_refused(solver, parameters):
    (name,) = parameters
    with pytest.raises(ValueError, match=f"{name} = .*expected"):
        solver(**parameters)
