"""The solvers of averages and decays: held against formulas, the exact law, and each other."""

import importlib
import math
from pathlib import Path

import numpy as np
import pytest

import bench_optimization.iterate_averaging as board
from bench_optimization import _averages, _schedules
from bench_optimization.iterate_averaging import _exact
from bench_optimization.iterate_averaging.bema import BEMA
from bench_optimization.iterate_averaging.cosine import Cosine
from bench_optimization.iterate_averaging.cosine_10 import Cosine10
from bench_optimization.iterate_averaging.dema import DEMA
from bench_optimization.iterate_averaging.ema import EMA
from bench_optimization.iterate_averaging.inverse_sqrt import InverseSqrt
from bench_optimization.iterate_averaging.last_iterate import LastIterate
from bench_optimization.iterate_averaging.linear_decay import LinearDecay
from bench_optimization.iterate_averaging.linear_decay_10 import LinearDecay10
from bench_optimization.iterate_averaging.ouema import OUEMA
from bench_optimization.iterate_averaging.polyak import Polyak
from bench_optimization.iterate_averaging.posthoc_ema import PostHocEMA
from bench_optimization.iterate_averaging.power_ema import PowerEMA
from bench_optimization.iterate_averaging.problem import IterateAveraging
from bench_optimization.iterate_averaging.profile_average import ProfileAverage
from bench_optimization.iterate_averaging.scaled_ema import ScaledEMA
from bench_optimization.iterate_averaging.step_decay import StepDecay
from bench_optimization.iterate_averaging.tail import Tail
from bench_optimization.iterate_averaging.wsd import WSD
from harness.api import Data, Meter, Solver
from harness.cases import make_case
from harness.loading import Source, load_class

PROBLEM = IterateAveraging()
NAME = "iterate_averaging"
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)


def made(text, seed=0):
    return PROBLEM.make(make_case(NAME, PROBLEM, text), np.random.default_rng(seed))


def points(solver, instance, seed=0):
    stream = PROBLEM.open(Data(instance.data), Meter())
    return [np.array(point) for point in solver.solve(stream, np.random.default_rng(seed))]


def iterates(instance, step, seed=0):
    """The start and the iterates of constant steps, straight from the formula."""
    stream = PROBLEM.open(Data(instance.data), Meter())
    stream.follow(int(np.random.default_rng(seed).integers(2**62)))
    found = [stream.start]
    for _ in range(stream.calls):
        found.append(found[-1] - step * stream.gradient(found[-1]))
    return np.array(found)


SHORT = made("regression[d=6,samples=80]")
STEP = 0.25 * _exact.stable_step(SHORT.data["spectrum"])
PATH = iterates(SHORT, STEP)


def fading(path, decay):
    mean = [path[0]]
    for point in path[1:]:
        mean.append(decay * mean[-1] + (1 - decay) * point)
    return np.array(mean)


def powers(path, gamma):
    """Weights (s^(gamma+1) - (s-1)^(gamma+1)) / t^(gamma+1) of points 1..t."""
    s = np.arange(len(path)) ** (gamma + 1)
    return np.diff(s) @ path[1:] / s[-1]


def test_each_iterate_is_a_step_along_the_stream():
    np.testing.assert_allclose(points(LastIterate(), SHORT), PATH, rtol=1e-12)


def test_ema_against_its_formula():
    found = points(EMA(decay=0.9), SHORT)
    np.testing.assert_allclose(found, fading(PATH, 0.9), rtol=1e-10, atol=1e-13)


def test_means_against_their_formulas():
    np.testing.assert_allclose(points(Polyak(), SHORT)[-1], PATH[1:].mean(axis=0), rtol=1e-10)
    found = points(Tail(share=0.25), SHORT)
    np.testing.assert_allclose(found[-1], PATH[-20:].mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(found[60], PATH[60], rtol=1e-12)  # not begun yet
    np.testing.assert_allclose(found[62], PATH[61:63].mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(points(Tail(share=1e-9), SHORT)[-1], PATH[-1], rtol=1e-12)


def test_bema_and_power_ema_against_their_formulas():
    mean, plain, corrected = PATH[0], [PATH[0]], [PATH[0]]
    for t, point in enumerate(PATH[1:], 1):
        mean = mean + (10 + t) ** -0.5 * (point - mean)
        plain.append(mean)
        corrected.append(mean + (10 + t) ** -0.4 * (point - PATH[0]))
    np.testing.assert_allclose(points(PowerEMA(), SHORT), plain, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(points(BEMA(eta=0.4), SHORT), corrected, rtol=1e-9, atol=1e-12)


def test_dema_and_ouema_against_their_formulas():
    once = fading(PATH, 0.9)
    expected = 2 * once - fading(once, 0.9)
    np.testing.assert_allclose(points(DEMA(decay=0.9), SHORT), expected, rtol=1e-9, atol=1e-12)
    t = np.arange(1, len(PATH))[:, None]
    held = (1 + t) ** -0.2
    freed = np.vstack([PATH[:1], (PATH[1:] - held * PATH[0]) / (1 - held)])
    np.testing.assert_allclose(
        points(OUEMA(decay=0.9), SHORT), fading(freed, 0.9), rtol=1e-9, atol=1e-12
    )


def test_profiles_against_their_weights():
    """Of relative width 0.1, gamma is 6.937204."""
    found = points(ProfileAverage(width=0.1), SHORT)[-1]
    np.testing.assert_allclose(found, powers(PATH, 6.937204), rtol=1e-6)


def test_posthoc_averages_are_those_that_were_not_tracked():
    instance = made("regression[d=6,samples=4000]")
    for width, tolerance in ((0.07, 2e-3), (0.15, 5e-3)):
        true = points(ProfileAverage(width=width), instance)[-1]
        found = points(PostHocEMA(width=width), instance)[-1]
        last = points(LastIterate(), instance)[-1]
        assert np.linalg.norm(found - true) < tolerance * np.linalg.norm(true)
        assert np.linalg.norm(last - true) > 10 * tolerance * np.linalg.norm(true)


@pytest.mark.parametrize(
    ("solver", "name"),
    [
        (LinearDecay, "linear"),
        (LinearDecay10, "linear_10"),
        (Cosine, "cosine"),
        (Cosine10, "cosine_10"),
        (WSD, "wsd"),
        (InverseSqrt, "inverse_sqrt"),
        (StepDecay, "step"),
    ],
)
def test_schedules_meet_the_law(solver, name):
    """Without noise of any sort, the bias of each direction is a product over the steps."""
    instance = made("quadratic[d=3,noise=0.0,samples=90]")
    rates = 0.5 * 2 * _schedules.factors(name, 90, 0.1)
    spectrum, best = instance.data["spectrum"], instance.data["best"]
    kept = np.prod(1 - np.outer(rates, spectrum), axis=0)
    found = points(solver(step=0.5), instance)
    np.testing.assert_allclose(found[-1], best * (1 - kept), rtol=1e-9)


def test_a_decay_to_zero_ends_with_a_short_step_and_begins_with_its_warm_up():
    moves = np.linalg.norm(np.diff(points(LinearDecay(), SHORT), axis=0), axis=1)
    full = np.linalg.norm(np.diff(PATH, axis=0), axis=1)
    assert moves[0] == pytest.approx(full[0] / 8)  # 8 of 80 steps rise
    assert 0 < moves[-1] < 0.1 * moves[10:20].mean()


@pytest.mark.parametrize("family", ["regression", "quadratic"])
@pytest.mark.parametrize(
    ("solver", "decay"), [(LastIterate(step=0.3), 0.0), (EMA(step=0.3, decay=0.9), 0.9)]
)
def test_risks_are_those_of_the_exact_law(family, solver, decay):
    """Within four standard errors, at two horizons."""
    for samples in (20, 80):
        instance = made(f"{family}[d=4,noise=0.7,samples={samples}]")
        spectrum = instance.data["spectrum"]
        law = getattr(_exact, family)
        stable = _exact.stable_step(spectrum) if family == "regression" else 2.0
        exact = law(spectrum, np.ones(4), [0.3 * stable] * samples, 0.7, decay).risks(spectrum)[1]
        found = [
            PROBLEM.score(instance, points(solver, instance, seed)[-1])[1]["excess_risk"]
            for seed in range(80)
        ]
        assert abs(np.mean(found) - exact) < 4 * np.std(found) / math.sqrt(len(found))


def test_scaled_ema_at_one_is_the_ema():
    found = points(ScaledEMA(kappa=1, step=0.1, decay=0.9), SHORT)
    np.testing.assert_allclose(found, points(EMA(step=0.1, decay=0.9), SHORT), rtol=1e-9)


@pytest.mark.parametrize(
    ("rule", "decay"), [("power", 0.9**4), ("linear", 0.6), ("unchanged", 0.9)]
)
def test_scaled_ema_against_its_formula(rule, decay):
    stream = PROBLEM.open(Data(SHORT.data), Meter())
    stream.follow(int(np.random.default_rng(0).integers(2**62)))
    w = mean = stream.start
    for _ in range(20):
        w = w - 4 * 0.05 * stream.stable_step() * stream.gradient(w, 4)
        mean = decay * mean + (1 - decay) * w
    found = points(ScaledEMA(kappa=4, step=0.05, decay=0.9, rule=rule), SHORT)[-1]
    np.testing.assert_allclose(found, mean, rtol=1e-9)


def test_the_linear_rule_is_held_at_zero():
    assert ScaledEMA(kappa=300, decay=0.99, rule="linear", step=0.001)._decay() == 0.0
    assert ScaledEMA(kappa=8, decay=0.996)._decay() == pytest.approx(0.968444, abs=6e-7)
    assert _averages.scaled_decay(0.996, 256) == pytest.approx(0.358419, abs=6e-7)


def test_averages_beat_the_last_iterate_where_noise_dominates_and_lose_where_bias_does():
    def cost(solver, text):
        instance = made(text)
        return np.mean(
            [PROBLEM.score(instance, points(solver, instance, s)[-1])[0] for s in range(4)]
        )

    for average in (EMA(), Polyak(), Tail(), PowerEMA(), DEMA(), ProfileAverage(), PostHocEMA()):
        assert cost(average, "regression[d=20,samples=1000]") < cost(
            LastIterate(), "regression[d=20,samples=1000]"
        )
    short = "quadratic[d=20,noise=0.01,samples=100]"
    for average in (EMA(), Polyak()):
        assert cost(average, short) > 2 * cost(LastIterate(), short)


def test_the_default_correction_overshoots_once_the_run_has_settled():
    instance = made("quadratic[noise=0.3,samples=4000]")
    ends = [
        PROBLEM.score(instance, points(solver, instance)[-1])[0]
        for solver in (BEMA(step=0.05), PowerEMA(step=0.05))
    ]
    assert ends[0] > 5 * ends[1]


@pytest.mark.parametrize("stem", STEMS)
def test_all_see_the_same_samples_and_use_them_all(stem):
    """The seed chooses the stream before anything else is drawn."""
    module = importlib.import_module(f"{board.__name__}.{stem}")
    solver = load_class(Source(module.__file__, module.__name__), Solver, "solver")()

    class Watched:
        def __init__(self):
            self.meter = Meter()
            self.inner = PROBLEM.open(Data(SHORT.data), self.meter)
            self.followed = []

        def __getattr__(self, name):
            return getattr(self.inner, name)

        def follow(self, number):
            self.followed.append(number)
            self.inner.follow(number)

    stream = Watched()
    list(solver.solve(stream, np.random.default_rng(3)))
    assert stream.followed == [np.random.default_rng(3).integers(2**62)]
    assert stream.meter.calls == 80


@pytest.mark.parametrize(
    ("solver", "parameters"),
    [
        (LastIterate, {"step": 0.0}),
        (LastIterate, {"step": 1.0}),
        (LastIterate, {"step": float("nan")}),
        (EMA, {"decay": 1.0}),
        (DEMA, {"decay": -0.1}),
        (OUEMA, {"eta": 0.0}),
        (BEMA, {"rho": -1.0}),
        (BEMA, {"every": 0}),
        (PowerEMA, {"kappa": 1.5}),
        (ProfileAverage, {"width": 0.3}),
        (PostHocEMA, {"width": 0.0}),
        (PostHocEMA, {"snapshots": 1}),
        (Tail, {"share": 0.0}),
        (Tail, {"share": 1.1}),
        (ScaledEMA, {"rule": "root"}),
        (ScaledEMA, {"kappa": 0}),
        (ScaledEMA, {"kappa": 1.5}),
        (ScaledEMA, {"decay": 1.0}),
        (LinearDecay, {"warmup": 1.5}),
        (WSD, {"step": -1.0}),
    ],
)
def test_impossible_parameters_are_refused(solver, parameters):
    with pytest.raises(ValueError, match="expected"):
        solver(**parameters)


@pytest.mark.parametrize("stem", STEMS)
def test_both_ends_of_each_space_are_allowed(stem):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    solver = load_class(Source(module.__file__, module.__name__), Solver, "solver")
    assert solver.space
    for name, (_, *ends) in solver.space.items():
        for end in ends:
            solver(**{name: end})
