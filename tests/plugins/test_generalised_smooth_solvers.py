"""The solvers of generalised smoothness: known answers, references in float64, the kit."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import bench_optimization.generalised_smooth as board
from bench_optimization.generalised_smooth import _steps
from bench_optimization.generalised_smooth._objectives import objective
from bench_optimization.generalised_smooth.adagrad_norm import AdagradNorm
from bench_optimization.generalised_smooth.beta_gd import BetaGD
from bench_optimization.generalised_smooth.clipped_gd import ClippedGD
from bench_optimization.generalised_smooth.clipped_sgd import ClippedSGD
from bench_optimization.generalised_smooth.gradient_descent import GradientDescent
from bench_optimization.generalised_smooth.normalised_gd import NormalisedGD
from bench_optimization.generalised_smooth.normalised_sgd import NormalisedSGD
from bench_optimization.generalised_smooth.peer_scipy_lbfgsb import ScipyLBFGSB
from bench_optimization.generalised_smooth.problem import GeneralisedSmooth
from bench_optimization.generalised_smooth.sgd import SGD
from bench_optimization.generalised_smooth.spider import Spider
from bench_optimization.generalised_smooth.storm import Storm
from harness.api import BudgetSpent, Case, Instance, Meter, Solver
from harness.loading import Source, load_class
from harness.selectors import adapt, parse

PROBLEM = GeneralisedSmooth()
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)
STOCHASTIC = (SGD, NormalisedSGD, ClippedSGD, AdagradNorm, Storm, Spider)


def make(text, seed=0):
    family, given = parse(text)
    defaults = PROBLEM.families[family]
    adapted = {name: adapt(value, defaults[name], text) for name, value in given.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


@pytest.fixture(scope="module")
def reference():
    return make("reference")


@pytest.fixture(scope="module")
def warmed():
    return make("reference[warm=100,passes=9.0]")


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


def quartic(distance=10.0, passes=1000, dim=1):
    return make(f"power[dim={dim},distance={distance},passes={passes}]")


def path(solver, instance, most):
    return [float(x[0]) for x in answers(solver, instance, most=most)]


# Known answers: x^4 / 4 from 10


def test_two_thirds_is_linear_on_a_quartic():
    found = path(BetaGD(gamma=0.1), quartic(), 4)
    assert found == pytest.approx([10, 9, 8.1, 7.29], rel=1e-14)


def test_normalised_steps_have_one_length():
    found = path(BetaGD(beta=1.0, gamma=0.1), quartic(), 4)
    assert found == pytest.approx([10, 9.9, 9.8, 9.7], rel=1e-14)


def test_a_third_reaches_the_minimum_in_one_step():
    found = path(BetaGD(beta=1 / 3, gamma=0.1), quartic(), 2)
    assert found == pytest.approx([10, 0], abs=1e-13)


def test_a_gradient_of_zero_is_no_division_by_zero():
    instance = quartic()
    for solver in (BetaGD(gamma=0.1), NormalisedGD(gamma=0.1), NormalisedSGD(gamma=0.1), Spider()):
        flat = {**instance.data, "start": np.zeros(1)}
        found = answers(solver, Instance(flat), most=5)
        assert all((x == 0).all() for x in found)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")
def test_gradient_descent_diverges_with_that_step():
    found = path(GradientDescent(learning_rate=0.1), quartic(), 10)
    assert not np.isfinite(found[-1])


@pytest.mark.parametrize(
    ("beta", "iterations"), [(2 / 3, (52, 135, 317, 793)), (1.0, (248, 849, 2589, 8732))]
)
def test_iterations_to_a_short_gradient(beta, iterations):
    instance = quartic(passes=10_000, dim=5)
    for eps, expected in zip((1.0, 0.3, 0.1, 0.03), iterations, strict=True):
        solver = BetaGD(beta=beta, gamma=eps**beta / 12, tolerance=eps)
        assert len(answers(solver, instance)) - 1 == expected


# Known answers: the reference instance, with the steps for half of the gradient turned


@pytest.mark.parametrize(
    ("solver", "values"),
    [
        (GradientDescent(learning_rate=4e-4), (701.1, 522.2, 317.3, 29.67, 7.59)),
        (BetaGD(1 / 3, 0.03 * 2 ** (-2 / 3)), (518.6, 7.577, 7.591, 7.591, 7.591)),
        (BetaGD(2 / 3, 0.1 * 2 ** (-1 / 3)), (5.12e4, 43.53, 8.154, 8.154, 8.154)),
        (BetaGD(1.0, 0.2), (2.33e6, 1.11e6, 3.5e5, 5376, 8.506)),
        (ClippedGD(0.9, 200.0), (1.23e6, 851.6, 7.68, 7.575, 7.575)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_on_the_reference_instance(solver, values, reference):
    function = objective(reference.data)
    found = answers(solver, reference)
    assert len(found) == 501  # the start, then one for each pass
    for step, value in zip((10, 50, 100, 200, 500), values, strict=True):
        digits = {7.59: 5e-4, 3.5e5: 500, 2.33e6: 5e3, 1.11e6: 5e3, 1.23e6: 5e3}
        margin = digits.get(value, value * 5e-4)
        assert function.value(found[step]) == pytest.approx(value, abs=margin)


def test_clipped_gd_ends_at_the_minimum(reference):
    last = answers(ClippedGD(0.9, 200.0), reference)[-1]
    assert np.linalg.norm(objective(reference.data).gradient(last)) < 1e-11


def test_sampled_gradients_from_near_the_end(warmed):
    """Means over seeds after 10,000 component gradients, as measured beforehand elsewhere."""
    assert warmed.truth["first"] == pytest.approx(8.154, abs=5e-4)
    expected = {
        Spider(gamma=0.01): (7.583, 0.003),
        NormalisedSGD(gamma=2e-3, momentum=0.0, decay=False): (7.634, 0.012),
        SGD(learning_rate=1e-4): (7.596, 0.012),
    }
    for solver, (value, margin) in expected.items():
        found = [objective(warmed.data).value(_at(solver, warmed, s, 10_000)) for s in range(6)]
        assert np.mean(found) == pytest.approx(value, abs=margin), solver


def _at(solver, instance, seed, calls):
    """The answer once so many calls were made."""
    meter = Meter()
    for answer in solver.solve(PROBLEM.open(instance.data, meter), _rng(seed)):
        if meter.calls >= calls:
            return answer
    raise AssertionError("fewer calls were made")


# Update rules against references


@pytest.fixture(scope="module")
def data():
    return make("phase[n=30,dim=4,passes=40]")


def gradients(data, seed, batch):
    """The function's gradient on the batches that a solver with that seed draws, one by one."""
    function, drawn = objective(data.data), _rng(seed).integers(30, size=(1024, batch))
    return lambda x, t: function.gradient(x, drawn[t])


def test_sgd_and_its_relatives(data):
    at = gradients(data, 3, 5)
    x = {name: np.array(data.data["start"]) for name in ("sgd", "clip", "norm", "ada", "mean")}
    mean, total = np.zeros(4), 0.0
    found = {
        "sgd": answers(SGD(learning_rate=1e-4, batch=5), data, 3),
        "clip": answers(ClippedSGD(gamma=0.2, clip=50.0, batch=5), data, 3),
        "norm": answers(NormalisedSGD(gamma=0.1, momentum=0.0, batch=5), data, 3),
        "mean": answers(NormalisedSGD(gamma=0.1, momentum=0.8, batch=5, decay=False), data, 3),
        "ada": answers(AdagradNorm(eta=2.0, batch=5), data, 3),
    }
    for t in range(200):
        for name, answer in found.items():
            assert answer[t] == pytest.approx(x[name], rel=1e-9), (name, t)
        g = {name: at(point, t) for name, point in x.items()}
        x["sgd"] = x["sgd"] - 1e-4 * g["sgd"]
        x["clip"] = x["clip"] - 0.2 * g["clip"] / max(np.linalg.norm(g["clip"]), 50)
        x["norm"] = x["norm"] - 0.1 * (1 - t / 240) * g["norm"] / np.linalg.norm(g["norm"])
        mean = 0.8 * mean + 0.2 * g["mean"]
        x["mean"] = x["mean"] - 0.1 * mean / np.linalg.norm(mean)
        total += np.sum(g["ada"] ** 2)
        x["ada"] = x["ada"] - 2 * g["ada"] / np.sqrt(total)


def test_storm(data):
    at = gradients(data, 4, 5)
    found = answers(Storm(k=0.05, w=1.0, c=300.0, batch=5), data, 4)
    x = [np.array(data.data["start"])]
    total, a, d = 1.0, 1.0, None
    for t in range(100):
        g = at(x[-1], t)
        total += np.sum(g**2)
        d = g if d is None else g + (1 - a) * (d - at(x[-2], t))
        eta = 0.05 / total ** (1 / 3)
        a = min(1, 300 * eta**2)
        x.append(x[-1] - eta * d)
    assert 0 < a < 1
    assert np.allclose(found[:101], x, rtol=1e-9)


def test_storm_chooses_the_constants_of_the_theory(data):
    """k = b |g|^(2/3) / L, w = (L k / first)^3, c = forget L^2."""
    rng = _rng(4)
    scale = _steps.scale_of(PROBLEM.open(data.data, Meter()), rng)
    assert scale.calls == 4 * 30
    drawn, function = rng.integers(30, size=(1024, 5)), objective(data.data)
    k = 1.5 * scale.gradient ** (2 / 3) / scale.curvature
    total, c = (4 * scale.curvature * k) ** 3, 28 * scale.curvature**2
    x, before, a, d = np.array(data.data["start"]), None, 1.0, 0.0
    found = answers(Storm(first=0.25, numerator=1.5, forget=28.0, batch=5), data, 4)
    for t in range(60):
        assert np.allclose(found[t], x, rtol=1e-8)
        g = function.gradient(x, drawn[t])
        total += np.sum(g**2)
        d = g if a == 1 else g + (1 - a) * (d - function.gradient(before, drawn[t]))
        eta = k / total ** (1 / 3)
        before, x, a = x, x - eta * d, min(1, c * eta**2)


def test_storm_with_nothing_to_keep_is_sgd(data):
    """Where a is 1 the gradient at the point before is not paid for."""
    found = answers(Storm(k=0.05, w=1.0, c=1e9, batch=5), data, 4)
    assert len(found) == 1 + 40 * 30 // 5
    at, x, total = gradients(data, 4, 5), np.array(data.data["start"]), 1.0
    for t in range(100):
        assert np.allclose(found[t], x, rtol=1e-9)
        g = at(x, t)
        total += np.sum(g**2)
        x = x - 0.05 / total ** (1 / 3) * g


def test_spider(data):
    found = answers(Spider(gamma=0.02, period=4, batch=6, anchor=20), data, 5)
    function, rng, v = objective(data.data), _rng(5), None
    x = [np.array(data.data["start"])]
    for t in range(60):
        drawn = rng.choice(30, 6 if t % 4 else 20, replace=False, shuffle=False)
        assert len(np.unique(drawn)) == len(drawn)
        if t % 4:
            v = function.gradient(x[-1], drawn) - function.gradient(x[-2], drawn) + v
        else:
            v = function.gradient(x[-1], drawn)
        x.append(x[-1] - 0.02 * v / np.linalg.norm(v))
    assert np.allclose(found[: len(x)], x, rtol=1e-9)


def test_spider_on_all_components_is_normalised_gd(data):
    expected = answers(BetaGD(beta=1.0, gamma=0.02), data)
    found = answers(Spider(gamma=0.02, batch=30), data)
    anchors = answers(Spider(gamma=0.02, batch=3, period=1), data)
    assert np.allclose(found, expected[: len(found)], rtol=1e-9)
    assert np.allclose(anchors, expected[: len(anchors)], rtol=1e-12)
    assert (len(found), len(anchors), len(expected)) == (1 + 40 // 9 * 5 + 2, 41, 41)


def test_normalised_gd_shrinks_its_steps(data):
    found = answers(NormalisedGD(gamma=0.5), data)
    lengths = np.linalg.norm(np.diff(found, axis=0), axis=1)
    assert lengths == pytest.approx(0.5 * (1 - np.arange(40) / 40), rel=1e-9)


@pytest.mark.parametrize("solver", [NormalisedGD(), NormalisedSGD(batch=10)])
def test_steps_shrink_to_the_end_of_what_is_left_after_the_scale(solver, data):
    found = answers(solver, data)
    lengths = np.linalg.norm(np.diff(found, axis=0), axis=1)
    spent = 4 * 30
    steps = (data.data["calls"] - spent) // getattr(solver, "batch", 30)
    assert len(lengths) == steps
    assert lengths / lengths[0] == pytest.approx(1 - np.arange(steps) / steps, rel=1e-9)


def test_armijo_only_ever_descends(data):
    function = objective(data.data)
    values = [function.value(x) for x in answers(GradientDescent(armijo=True), data)]
    assert np.all(np.diff(values) < 0)
    assert values[-1] - data.truth["least"] < 1e-6 * values[0]


# Scale


def test_the_scale_of_a_quartic():
    scale = _steps.scale_of(PROBLEM.open(quartic().data, Meter()))
    assert scale.gradient == pytest.approx(1000)
    assert scale.curvature == pytest.approx(300, rel=1e-5)
    assert scale.length == pytest.approx(10 / 3, rel=1e-5)


def test_the_curvature_is_nearly_the_largest_eigenvalue(reference):
    scale = _steps.scale_of(PROBLEM.open(reference.data, Meter()))
    largest = np.linalg.eigvalsh(objective(reference.data).hessian(reference.data["start"]))[-1]
    assert 0.9 * largest < scale.curvature < 1.001 * largest


def test_other_units_change_nothing(any_solver):
    """f times 8 and x times 2: each path is that of before, times 2, but for rounding."""
    if isinstance(any_solver, ScipyLBFGSB):
        pytest.skip("its line search has steps of its own")
    one = make("quartic[n=30,dim=3,distance=4.0,passes=40]")
    data = {**one.data, "targets": 2 * one.data["targets"], "start": 2 * one.data["start"]}
    data["times"] = 8 * one.data["times"]
    first, second = answers(any_solver, one), answers(any_solver, Instance(data))
    assert len(first) == len(second)
    span = np.linalg.norm(first[0] - first[-1])
    assert np.linalg.norm(second[-1] / 2 - first[-1]) < 1e-3 * span


# All of them


def test_a_solver_says_what_it_is(any_solver):
    assert any_solver.problem == "generalised_smooth"
    assert bool(any_solver.papers) == (any_solver.role == "paper")


def test_all_come_closer_and_do_the_same_again(any_solver):
    for text in ("phase[n=60,dim=5,passes=200]", "cosh[n=60,dim=3,distance=6.0,passes=300]"):
        instance = make(text)
        first, again = (answers(any_solver, instance, 7) for _ in range(2))
        assert len(first) == len(again)
        assert np.array_equal(first[-1], again[-1])
        assert PROBLEM.score(instance, first[0])[0] == 0.0
        assert PROBLEM.score(instance, first[-1])[0] < -1.5


def test_lbfgsb_solves_all_of_them():
    for text in ("phase", "quartic", "cosh", "exponential", "robust_regression"):
        instance = make(text)
        assert PROBLEM.score(instance, answers(ScipyLBFGSB(), instance)[-1])[0] < -9


@pytest.mark.parametrize("solver", STOCHASTIC)
def test_a_batch_is_cut_to_what_there_is(solver):
    instance = quartic(passes=200, dim=3)
    assert PROBLEM.score(instance, answers(solver(batch=50), instance)[-1])[0] < -1


@pytest.mark.parametrize(
    ("solver", "parameters"),
    [
        (BetaGD, {"gamma": -1.0}),
        (BetaGD, {"beta": 1.5}),
        (BetaGD, {"beta": float("nan")}),
        (BetaGD, {"first": 0.0}),
        (GradientDescent, {"learning_rate": float("nan")}),
        (GradientDescent, {"factor": 0.0}),
        (ClippedGD, {"clip": -1.0}),
        (ClippedGD, {"share": 0.0}),
        (NormalisedGD, {"gamma": float("inf")}),
        (Spider, {"period": 0}),
        (Spider, {"batch": 0}),
        (Spider, {"anchor": -1}),
        (SGD, {"learning_rate": -1.0}),
        (SGD, {"batch": 0}),
        (NormalisedSGD, {"momentum": 1.0}),
        (NormalisedSGD, {"momentum": float("nan")}),
        (ClippedSGD, {"gamma": -0.1}),
        (AdagradNorm, {"first": -1.0}),
        (Storm, {"forget": 0.0}),
        (ScipyLBFGSB, {"memory": 0}),
    ],
)
def test_parameters_out_of_range_are_refused(solver, parameters):
    (name,) = parameters
    with pytest.raises(ValueError, match=f"{name} = .*expected"):
        solver(**parameters)
