"""The solvers of logistic regression: known answers, formulas, convergence, invariances."""

import itertools
import math

import numpy as np
import pytest

from bench_optimization.logistic_regression import _batches
from bench_optimization.logistic_regression.a_dog import ADoG
from bench_optimization.logistic_regression.adagrad import AdaGradSolver
from bench_optimization.logistic_regression.adam import AdamSolver
from bench_optimization.logistic_regression.ai_sarah import AISARAH
from bench_optimization.logistic_regression.dog import DoG
from bench_optimization.logistic_regression.gradient_descent import GradientDescent
from bench_optimization.logistic_regression.heavy_ball import HeavyBall
from bench_optimization.logistic_regression.lbfgs import LBFGS
from bench_optimization.logistic_regression.loopless_svrg import LooplessSVRG
from bench_optimization.logistic_regression.nesterov import Nesterov
from bench_optimization.logistic_regression.peer_scipy_lbfgsb import ScipyLBFGSB
from bench_optimization.logistic_regression.peer_scipy_newton_cg import ScipyNewtonCG
from bench_optimization.logistic_regression.peer_sklearn_lbfgs import SklearnLBFGS
from bench_optimization.logistic_regression.peer_sklearn_liblinear import SklearnLiblinear
from bench_optimization.logistic_regression.peer_sklearn_sag import SklearnSAG
from bench_optimization.logistic_regression.peer_sklearn_saga import SklearnSAGA
from bench_optimization.logistic_regression.problem import LogisticRegression
from bench_optimization.logistic_regression.rmsprop import RMSPropSolver
from bench_optimization.logistic_regression.sag import SAG
from bench_optimization.logistic_regression.saga import SAGA
from bench_optimization.logistic_regression.sarah import SARAH
from bench_optimization.logistic_regression.sgd import SGD
from bench_optimization.logistic_regression.svrg import SVRG
from bench_optimization.logistic_regression.u_dog import UDoG
from harness.api import BudgetSpent, Case, Data, Meter
from harness.selectors import adapt, parse

PROBLEM = LogisticRegression()
OURS = [
    *(GradientDescent, Nesterov, HeavyBall, LBFGS, SVRG, LooplessSVRG, SARAH, SAG, SAGA, AISARAH),
    *(DoG, ADoG, UDoG, SGD, AdaGradSolver, RMSPropSolver, AdamSolver),
]
PEERS = [
    *(ScipyLBFGSB, ScipyNewtonCG, SklearnLBFGS, SklearnLiblinear, SklearnSAG, SklearnSAGA),
]
B, N = 40, 100  # batches of at least 32 show every step


def make(text, seed=0):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def points(solver, oracle, seed=0, most=None):
    """All answers, until the solver ends, the calls are spent, or there are `most`."""
    found = []
    try:
        for x in solver.solve(oracle, np.random.default_rng(seed)):
            found.append(np.array(x))
            if len(found) == most:
                break
    except BudgetSpent:
        pass
    return found


def run(solver, instance, seed=0, meter=None):
    return points(solver, PROBLEM.open(Data(instance.data), meter or Meter()), seed)


def cost(solver, text, seed=0):
    instance = make(text)
    return PROBLEM.score(instance, run(solver, instance, seed)[-1])[0]


class Quadratic:
    """sum of h (x - c)^2 / 2 as an oracle whose components are all alike."""

    n, calls = 64, 10**8  # components, all alike; so many that every step is shown

    def __init__(self, h, centre=0.0, start=None, scale=1.0):
        self.h, self.centre, self.scale = np.asarray(h, float), centre, scale
        self.start = np.zeros(len(self.h)) if start is None else np.array(start, float)
        self.dim = len(self.start)

    def gradient(self, x):
        return self.scale * self.h * (x - self.centre)

    def stochastic_gradient(self, x, indices):
        return self.gradient(x)

    def curvature(self, x, v, indices):
        return self.scale * self.h * v, 0.0

    def value(self, x):
        return self.scale * float((self.h * (x - self.centre) ** 2).sum()) / 2


class Constant(Quadratic):
    def gradient(self, x):
        return np.array([3.0, 4.0])


class Tridiagonal(Quadratic):
    """Nesterov's worst function, x'Tx/8 - x_1/4 with T = (-1, 2, -1)."""

    def __init__(self, dim):
        super().__init__(np.zeros(dim))

    def gradient(self, x):
        product = 2 * x
        product[1:] -= x[:-1]
        product[:-1] -= x[1:]
        product[0] -= 1
        return product / 4

    def gap(self, x):
        best = 1 - np.arange(1, self.dim + 1) / (self.dim + 1)
        away = x - best
        return float(away @ (self.gradient(x) - self.gradient(best))) / 2


# AI-SARAH


def test_ai_sarah_on_a_quadratic():
    found = points(AISARAH(), Quadratic([1.0, 4.0], start=[1.0, 1.0]), most=5)
    np.testing.assert_allclose(found[1], [1 - 65 / 257, 1 - 4 * 65 / 257])
    np.testing.assert_allclose(found[1], [0.747082, -0.011673], atol=5e-7)
    np.testing.assert_allclose(found[4], [0.311276, 2.229e-8], rtol=2e-6, atol=5e-12)
    steps = [1 - after[0] / before[0] for before, after in itertools.pairwise(found)]
    np.testing.assert_allclose(steps, [0.252918, 0.252918, 0.253104, 0.253294], atol=5e-7)


def three_samples(scale=1.0):
    x = scale * np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    data = {
        "features": x,
        "labels": np.array([1.0, -1.0, 1.0]),
        "dim": 2,
        "l2": 0.1 * scale**2,
        "passes": 500,
        "smoothness": 0.6,
        "full_smoothness": 0.35,
    }
    return PROBLEM.open(Data(data), Meter())


def test_ai_sarah_on_three_samples():
    oracle, every = three_samples(), np.arange(3)
    v = oracle.gradient(oracle.start)
    np.testing.assert_allclose(v, [-1 / 3, 0], atol=1e-16)
    along, third = oracle.curvature(oracle.start, v, every)
    assert v @ along == pytest.approx(0.0296296, abs=5e-8)
    assert along @ along == pytest.approx(0.00867284, abs=5e-9)
    assert third == pytest.approx(0, abs=1e-16)
    first = points(AISARAH(), oracle, most=2)[1]
    np.testing.assert_allclose(first, [1.138790, 0], atol=5e-7)
    v = oracle.gradient(first)
    along, third = oracle.curvature(first, v, every)
    assert v @ along / abs(along @ along + third) == pytest.approx(5.064260, abs=6e-7)


def test_ai_sarah_is_free_of_the_scale_of_the_data():
    plain, scaled = (points(AISARAH(), three_samples(s), most=30) for s in (1.0, 10.0))
    np.testing.assert_allclose(10 * np.array(scaled), plain, rtol=1e-9, atol=1e-12)


def test_ai_sarah_is_its_formula():
    """The step from the definition: a Newton step on |next estimate|^2, by finite differences."""
    instance = make(f"digits[n={N},passes=1000]")
    oracle = PROBLEM.open(Data(instance.data), Meter())
    drawn = _batches.batches(N, B, np.random.default_rng(5))
    x, cap, delta, expected = oracle.start, math.inf, None, [oracle.start]
    while len(expected) < 25:
        v = oracle.gradient(x)
        target = v @ v
        while v @ v >= target / 32 and len(expected) < 25:
            part = next(drawn)
            grad = lambda w, part=part: oracle.stochastic_gradient(w, part)  # noqa: E731

            def xi(a, x=x, v=v, grad=grad):
                left = grad(x - a * v) - grad(x) + v
                return left @ left

            e = 1e-4 / np.sqrt(v @ v)
            slope = (xi(e) - xi(-e)) / (2 * e)
            curve = (xi(e) - 2 * xi(0) + xi(-e)) / e**2
            newton = -slope / abs(curve)
            a = min(newton, cap)
            delta = 1 / newton if delta is None else 0.999 * delta + 0.001 / newton
            cap = 1 / delta
            x, v = x - a * v, grad(x - a * v) - grad(x) + v
            expected.append(x)
    found = points(AISARAH(batch=B), PROBLEM.open(Data(instance.data), Meter()), 5, most=25)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)


def test_the_third_derivative_matters(monkeypatch):
    instance = make("digits[n=100,rows=raw]")
    oracle = PROBLEM.open(Data(instance.data), Meter())
    first = points(AISARAH(batch=B), oracle, most=40)
    plain = type(oracle).curvature
    monkeypatch.setattr(type(oracle), "curvature", lambda *a: (plain(*a)[0], 0.0))
    other = points(AISARAH(batch=B), PROBLEM.open(Data(instance.data), Meter()), most=40)
    assert (first[1] == other[1]).all()  # at 0 it vanishes
    assert not np.allclose(first[-1], other[-1], rtol=1e-3)


# U-DoG, A-DoG, DoG


def test_u_dog_on_a_constant_gradient():
    found = points(UDoG(batch=0, r_eps=0.5), Constant([0.0, 0.0]), most=5)
    np.testing.assert_allclose(found[1], [-0.3, -0.4])
    np.testing.assert_allclose(found[4], [-1.7, -2.2666667], atol=5e-8)


def test_u_dog_on_a_parabola():
    oracle = Quadratic([1.0], start=[1.0])
    found = points(UDoG(batch=0, r_eps=0.05), oracle, most=7)  # times 1 + |x0|: 0.1
    values = [oracle.value(x) for x in found[1:]]
    expected = [0.405, 0.353135, 0.264908, 0.149546, 0.050647, 0.007742]
    np.testing.assert_allclose(values, expected, atol=5e-7)


def test_u_dog_on_two_curvatures():
    oracle = Quadratic([1.0, 0.1], centre=np.array([1.0, -1.0]))
    last = points(UDoG(batch=0, r_eps=1e-3), oracle, most=21)[-1]
    np.testing.assert_allclose(last, [0.999618, -0.848016], atol=5e-7)


def test_u_dog_is_free_of_scales():
    centre = np.array([1.0, -1.0])
    plain = points(UDoG(batch=0, r_eps=1e-3), Quadratic([1.0, 0.1], centre), most=30)
    steeper = points(UDoG(batch=0, r_eps=1e-3), Quadratic([1.0, 0.1], centre, scale=7.0), most=30)
    wider = points(UDoG(batch=0, r_eps=0.1), Quadratic([1.0, 0.1], 100 * centre), most=30)
    np.testing.assert_allclose(steeper, plain, rtol=1e-12)
    np.testing.assert_allclose(wider, 100 * np.array(plain), rtol=1e-9)


def test_dog_is_that_of_the_package_optax():
    """optax.contrib.dog(init_step=("heuristic", 1e-3)) arrives at these digits."""
    oracle = Quadratic([1.0, 0.1], centre=np.array([1.0, -1.0]))
    last = points(DoG(batch=0, r_eps=1e-3, average=False), oracle, most=21)[-1]
    np.testing.assert_allclose(last, [0.22834446, -0.02528505], atol=5e-9)


@pytest.mark.parametrize("average", [False, True])
def test_dog_is_its_formula(average, rng):
    """Along given gradients that lead away from the start and back to it."""
    given = np.concatenate([np.full((20, 3), -1.0), np.full((40, 3), 1.0)])
    given += 0.3 * rng.normal(size=(60, 3))

    class Given(Quadratic):
        def gradient(self, x):
            return next(self.rest)

    oracle = Given(np.zeros(3))
    oracle.rest = iter(given)
    x, mean, reach, expected = np.zeros(3), np.zeros(3), 0.1, [np.zeros(3)]
    for t, g in enumerate(given):
        x = x - reach / np.sqrt((given[: t + 1] ** 2).sum()) * g
        reach = max(reach, np.linalg.norm(x))
        mean = mean + 9 / (t + 9) * (x - mean)
        expected.append(mean if average else x)
    found = points(DoG(batch=0, r_eps=0.1, average=average), oracle, most=61)
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_a_dog_is_its_formula():
    oracle = Quadratic([1.0, 0.1], centre=np.array([1.0, -1.0]))
    x = w = np.zeros(2)
    reach, total, reached, alpha, expected = 1e-3, 0.0, 0.0, 1.0, [np.zeros(2)]
    for _ in range(60):
        g = oracle.gradient(x)
        total += alpha**2 * g @ g
        eta = reach / (np.sqrt(total) + 1e-8)
        w, y = w - alpha * eta * g, x - eta * g
        reach = max(reach, np.linalg.norm(w))
        reached += reach
        alpha = max(1, reached / (2 * reach))
        x = (1 - 1 / alpha) * y + w / alpha
        expected.append(y)
    found = points(ADoG(batch=0, r_eps=1e-3), oracle, most=61)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-14)


def test_acceleration_without_tuning():
    """Nesterov's function in 1000 dimensions: U-DoG after T steps, DoG after as many gradients."""
    oracle = Tridiagonal(1000)
    fast = points(UDoG(batch=0), oracle, most=801)
    slow = points(DoG(batch=0), oracle, most=1601)
    for steps, expected in ((100, 3.3e-3), (200, 1.4e-3), (400, 6.1e-4), (800, 2.4e-4)):
        assert oracle.gap(fast[steps]) == pytest.approx(expected, rel=0.03)
        assert oracle.gap(fast[steps]) <= 0.25 * oracle.gap(slow[2 * steps])
    companion = points(ADoG(batch=0), oracle, most=1601)
    assert oracle.gap(companion[-1]) == pytest.approx(4.6e-5, rel=0.05)


def test_the_first_distance_hardly_matters():
    oracle = Tridiagonal(1000)
    gaps = [
        oracle.gap(points(UDoG(batch=0, r_eps=r), oracle, most=801)[-1])
        for r in (1e-8, 1e-5, 1e-2, 1.0)
    ]
    assert max(gaps) < 1.06 * min(gaps)


def test_the_rate_under_noise(rng):
    """A quadratic of condition 100 whose gradients have noise: the gap falls as T^(-1/2), about."""

    class Noisy(Quadratic):
        def gradient(self, x):
            return super().gradient(x) + 0.05 * rng.normal(size=100)

    oracle = Noisy(np.logspace(0, -2, 100), start=np.ones(100))
    steps, found = np.array([300, 1000, 3000, 10000]), []
    for _ in range(3):
        shown = points(UDoG(batch=0), oracle, most=10001)
        found.append([oracle.value(shown[step]) for step in steps])
    slope = np.polyfit(np.log(steps), np.log(found).mean(axis=0), 1)[0]
    assert -0.6 < slope < -0.35


def test_u_dog_draws_a_batch_for_each_gradient():
    class Watched(Quadratic):
        def stochastic_gradient(self, x, indices):
            drawn.append(set(indices))
            return self.gradient(x)

    drawn = []
    points(UDoG(batch=32), Watched([1.0, 2.0], start=[1.0, 1.0]), most=5)
    assert len(drawn) == 8
    for first, second in zip(drawn[::2], drawn[1::2], strict=True):
        assert not first & second  # the two halves of an epoch


@pytest.mark.parametrize("solver", [UDoG, ADoG, DoG])
def test_parameter_free_methods_stay_at_a_minimum(solver):
    found = points(solver(batch=0), Quadratic([1.0, 2.0]), most=5)
    assert not np.array(found).any()


# Each against its formula


def table(instance, w):
    """The gradient of each component at w, float64[n, d]; with l2."""
    x, y = instance.data["features"], instance.data["labels"]
    return (-y / (1 + np.exp(y * (x @ w))))[:, None] * x + instance.data["l2"] * w


def recursive(instance, drawn, rate, steps, kind):
    """Points of SVRG or SARAH; a stage has a full step and `steps` others."""
    w = np.zeros(instance.data["dim"])
    yield w.copy()
    while True:
        anchor, full = w.copy(), table(instance, w).mean(axis=0)
        w = w - rate * full
        for _ in range(steps):
            part = next(drawn)
            v = (table(instance, w) - table(instance, anchor))[part].mean(axis=0) + full
            if kind == "sarah":
                anchor, full = w, v
            w = w - rate * v
            yield w.copy()
        yield w.copy()


@pytest.mark.parametrize(("solver", "kind"), [(SVRG, "svrg"), (SARAH, "sarah")])
def test_recursive_estimates(solver, kind):
    instance = make(f"digits[n={N},passes=1000]")
    oracle = PROBLEM.open(Data(instance.data), Meter())
    rate = 1 / _batches.smoothness_of(oracle, B)
    drawn = _batches.batches(N, B, np.random.default_rng(5))
    steps = round(2.0 * N / B)
    expected = recursive(instance, drawn, rate, steps, kind)
    found = points(solver(batch=B, inner=2.0), oracle, 5, most=20)
    np.testing.assert_allclose(found, [next(expected) for _ in range(20)], rtol=1e-9, atol=1e-12)


def test_loopless_svrg():
    instance = make(f"digits[n={N},passes=1000]")
    oracle = PROBLEM.open(Data(instance.data), Meter())
    rate, rng = 1 / _batches.smoothness_of(oracle, B), np.random.default_rng(5)
    drawn, w = _batches.batches(N, B, rng), np.zeros(64)
    anchor, full, expected = w, table(instance, w).mean(axis=0), [w]
    for _ in range(25):
        part = next(drawn)
        w = w - rate * ((table(instance, w) - table(instance, anchor))[part].mean(axis=0) + full)
        expected.append(w)
        if rng.random() < B / N:
            anchor, full = w, table(instance, w).mean(axis=0)
            expected.append(w)
    found = points(LooplessSVRG(batch=B), oracle, 5, most=len(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["saga", "sag"])
def test_tables_of_gradients(kind):
    """With a whole gradient of each component in the table, instead of a slope."""
    instance = make(f"digits[n={N},passes=1000]")
    oracle, l2 = PROBLEM.open(Data(instance.data), Meter()), instance.data["l2"]
    saga = kind == "saga"
    rate = 1 / 3 / _batches.smoothness_of(oracle, B) if saga else 1 / oracle.smoothness
    drawn = _batches.independent(N, B, np.random.default_rng(5))
    w, kept, seen, expected = np.zeros(64), np.zeros((N, 64)), set(), [np.zeros(64)]
    for _ in range(30):
        part = next(drawn)
        new = (table(instance, w) - l2 * w)[part]
        if saga:
            v = (new - kept[part]).mean(axis=0) + kept.mean(axis=0)
            kept[part] = new
        else:
            kept[part] = new
            seen.update(part)
            v = kept.sum(axis=0) / len(seen)
        w = w - rate * (v + l2 * w)
        expected.append(w)
    assert saga or len(seen) == N  # some come late
    found = points((SAGA if saga else SAG)(batch=B), oracle, 5, most=31)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_full_gradient_methods():
    instance = make("wine[passes=40]")
    high, low = instance.data["full_smoothness"], instance.data["l2"]
    grad = lambda w: table(instance, w).mean(axis=0)  # noqa: E731
    q, start = math.sqrt(low / high), np.zeros(13)
    x, descent = start, [start]
    y, ahead, accelerated = start, start, [start]
    ball = [start, start]
    rate = 4 / (math.sqrt(high) + math.sqrt(low)) ** 2
    inertia = ((1 - q) / (1 + q)) ** 2
    for _ in range(40):
        x = x - grad(x) / high
        descent.append(x)
        before, y = y, ahead - grad(ahead) / high
        ahead = y + (1 - q) / (1 + q) * (y - before)
        accelerated.append(y)
        ball.append(ball[-1] - rate * grad(ball[-1]) + inertia * (ball[-1] - ball[-2]))
    for solver, expected in [
        (GradientDescent(), descent),
        (Nesterov(), accelerated),
        (HeavyBall(), ball[1:]),
    ]:
        np.testing.assert_allclose(run(solver, instance), expected, rtol=1e-8, atol=1e-11)


def test_lbfgs_with_all_pairs_takes_few_steps():
    instance = make("wine[passes=60]")
    found = run(LBFGS(), instance)
    assert PROBLEM.score(instance, found[-1])[0] == -10
    costs = [PROBLEM.score(instance, x)[0] for x in found]
    assert all(after <= before + 1e-9 for before, after in itertools.pairwise(costs))
    assert len(found) < 60


# Batches


def test_an_epoch_has_each_component_once(rng):
    drawn = _batches.batches(10, 4, rng)
    for _ in range(3):
        epoch = [next(drawn) for _ in range(3)]
        assert [len(part) for part in epoch] == [4, 4, 2]
        assert sorted(np.concatenate(epoch)) == list(range(10))


@pytest.mark.parametrize(("n", "size"), [(1, 1), (5, 1), (100, 3), (7, 5), (4, 9)])
def test_independent_batches_have_no_component_twice(n, size, rng):
    drawn = _batches.independent(n, size, rng)
    parts = [next(drawn) for _ in range(3000)]
    assert all(len(set(part)) == len(part) == min(n, size) for part in parts)
    counts = np.bincount(np.concatenate(parts), minlength=n)
    assert np.abs(counts / counts.sum() - 1 / n).max() < 0.1 / n + 0.01


def test_the_smoothness_of_batches():
    _, oracle = None, PROBLEM.open(Data(make("wine").data), Meter())
    assert _batches.smoothness_of(oracle, 1) == pytest.approx(oracle.smoothness)
    assert _batches.smoothness_of(oracle, 178) == pytest.approx(oracle.full_smoothness)
    assert _batches.smoothness_of(oracle, 500) == pytest.approx(oracle.full_smoothness)
    assert oracle.full_smoothness < _batches.smoothness_of(oracle, 8) < oracle.smoothness


# All


@pytest.mark.parametrize(
    ("solver", "least"),
    [
        (GradientDescent(), -2),
        (Nesterov(), -3),
        (HeavyBall(), -3),
        (LBFGS(), -10),
        (SVRG(), -4),
        (LooplessSVRG(), -4),
        (SARAH(), -3),
        (SAG(), -10),
        (SAGA(), -10),
        (AISARAH(batch=16), -5),
        (DoG(), -3.5),
        (ADoG(), -1.5),
        (UDoG(), -1.5),
        (SGD(), -3.5),
        (AdaGradSolver(), -2),
        (RMSPropSolver(), -2),
        (AdamSolver(), -3),
        (ScipyLBFGSB(), -10),
        (ScipyNewtonCG(), -5),
        (SklearnLBFGS(), -10),
        (SklearnLiblinear(), -10),
        (SklearnSAG(), -9),
        (SklearnSAGA(), -9),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, float | int) else "",
)
def test_every_solver_comes_as_near_as_it_does(solver, least):
    assert cost(solver, "breast_cancer") < least + 0.3


@pytest.mark.parametrize("solver", OURS)
def test_runs_repeat_and_dense_rows_are_sparse_rows(solver):
    instance = make("sparse[n=80,dim=20,nonzeros=5,passes=6]")
    once, again = (run(solver(), instance, seed=3)[-1] for _ in range(2))
    assert (once == again).all()
    from bench_optimization.logistic_regression import _families

    data = {name: instance.data[name] for name in instance.data}
    features = _families.matrix(data).toarray()
    for name in ("values", "columns", "starts"):
        del data[name]
    oracle = PROBLEM.open(Data({**data, "features": features}), Meter())
    np.testing.assert_allclose(points(solver(), oracle, 3)[-1], once, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("solver", [*OURS, *PEERS])
def test_the_calls_are_nearly_spent_and_the_start_comes_first(solver):
    instance, meter = make("wine[passes=7]"), Meter()
    found = run(solver(), instance, meter=meter)
    assert 6 * 178 < meter.calls <= 7 * 178
    assert not found[0].any()


@pytest.mark.parametrize(
    ("solver", "calls"),
    [
        (GradientDescent(), [N, 2 * N, 3 * N]),
        (Nesterov(), [N, 2 * N, 3 * N]),
        (HeavyBall(), [N, 2 * N, 3 * N]),
        (LBFGS(), [2 * N, 3 * N, 4 * N]),  # the value at the start, and a trial a step
        (SVRG(batch=B), [N + 2 * B, N + 4 * B, N + 4 * B]),  # the end of a stage is shown again
        (SARAH(batch=B), [N + 2 * B, N + 4 * B, N + 4 * B]),
        (LooplessSVRG(batch=B), [N + 2 * B]),
        (SAG(batch=B), [B, 2 * B, 3 * B, 4 * B]),
        (SAGA(batch=B), [B, 2 * B, 3 * B, 4 * B]),
        (AISARAH(batch=B), [N + 3 * B, N + 6 * B, 4 * N]),  # the last of an epoch is 20
        (DoG(batch=B), [B, 2 * B, N, N + B]),
        (ADoG(batch=B), [B, 2 * B, N, N + B]),
        (UDoG(batch=B), [2 * B, N + B, 2 * N]),
        (SGD(batch=B), [B, 2 * B, N, N + B]),
        (AdaGradSolver(batch=B), [B, 2 * B, N, N + B]),
        (RMSPropSolver(batch=B), [B, 2 * B, N, N + B]),
        (AdamSolver(batch=B), [B, 2 * B, N, N + B]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_each_step_costs(solver, calls):
    """The meter after each of the first answers."""
    meter = Meter()
    oracle = PROBLEM.open(Data(make(f"digits[n={N},passes=1000]").data), meter)
    answers = solver.solve(oracle, np.random.default_rng(5))
    next(answers)
    assert meter.calls == 0  # the start is free
    found = []
    for _ in calls:
        next(answers)
        found.append(meter.calls)
    assert found == calls


def test_scikit_learns_lbfgs_is_given_no_more_than_it_takes():
    """scipy's own, with each gradient counted, is no worse after as many passes."""
    for text in ("wine[regularisation=0.01]", "wine[n=100,passes=12]"):
        assert cost(SklearnLBFGS(), text) >= cost(ScipyLBFGSB(), text) - 1e-6


@pytest.mark.parametrize("peer", [SklearnSAG, SklearnSAGA, SklearnLiblinear])
def test_the_traces_of_peers_are_prefixes_of_one_run(peer):
    instance, meter = make("wine[passes=7]"), Meter()
    traced = run(peer(), instance, meter=meter)
    assert meter.calls == 7 * 178
    assert len(traced) == 1 + 4  # after 1, 2, 4 and 7 passes
    whole = run(peer(traced=False), instance)
    assert len(whole) == 2
    assert (whole[-1] == traced[-1]).all()


@pytest.mark.parametrize(
    "broken",
    [
        lambda: GradientDescent(step=0.0),
        lambda: SVRG(step=math.nan),
        lambda: SVRG(batch=0),
        lambda: SARAH(inner=-1.0),
        lambda: LooplessSVRG(batch=-3),
        lambda: SAG(step=-1.0),
        lambda: SAGA(batch=0),
        lambda: AISARAH(gamma=1.0),
        lambda: AISARAH(beta=1.0),
        lambda: AISARAH(batch=0),
        lambda: LBFGS(memory=0),
        lambda: DoG(r_eps=0.0),
        lambda: UDoG(batch=-1),
        lambda: ADoG(r_eps=math.inf),
        lambda: SGD(step=0.0),
        lambda: AdamSolver(learning_rate=-1.0),
        lambda: AdaGradSolver(schedule="steep"),
    ],
)
def test_parameters_that_are_none(broken):
    with pytest.raises(ValueError, match=r"expected|schedule"):
        broken()


# Minimisers that call back


@pytest.mark.parametrize(
    ("peer", "method"), [(ScipyLBFGSB, "L-BFGS-B"), (ScipyNewtonCG, "Newton-CG")]
)
def test_the_answers_of_scipy_are_those_of_one_run(peer, method):
    from scipy.optimize import minimize

    meter, shown, calls = Meter(), [], []
    instance = make("wine[n=100,passes=100]")
    oracle = PROBLEM.open(Data(instance.data), meter)

    def show(x):
        shown.append(np.array(x))
        calls.append(meter.calls)

    options = {"maxiter": 7, "gtol": 0.0} if method == "L-BFGS-B" else {"maxiter": 7}
    product = None if method == "L-BFGS-B" else oracle.hessian_vector
    given = {"jac": True, "hessp": product, "method": method, "options": options}
    minimize(oracle.value_and_gradient, oracle.start, callback=show, **given)
    again, meter = [], Meter()
    for x in peer().solve(PROBLEM.open(Data(instance.data), meter), None):
        again.append((x, meter.calls))
        if len(again) == 8:
            break
    assert again[0][1] == 0
    assert [spent for _, spent in again[1:]] == calls
    assert (np.array([x for x, _ in again[1:]]) == shown).all()


def test_a_minimiser_that_is_done_ends_its_solver():
    meter = Meter()
    oracle = PROBLEM.open(Data(make("wine[n=20,regularisation=10.0,passes=3000]").data), meter)
    found = points(ScipyLBFGSB(), oracle)
    assert 5 < len(found) < 200
    assert meter.calls < oracle.calls
