"""The board of averages: the exact law against published figures and simulation, the stream."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from bench_optimization import _schedules
from bench_optimization.iterate_averaging import _exact
from bench_optimization.iterate_averaging.problem import IterateAveraging
from harness.api import BudgetSpent, Data, InvalidAnswer, InvalidCase, Meter
from harness.cases import make_case

PROBLEM = IterateAveraging()
NAME = "iterate_averaging"
SPECTRUM, START = np.array([1, 0.25, 0.0625]), np.array([1.0, -1.0, 2.0])


def made(text, seed=0):
    return PROBLEM.make(make_case(NAME, PROBLEM, text), np.random.default_rng(seed))


def opened(instance, meter=None):
    return PROBLEM.open(Data(instance.data), meter or Meter())


# The exact law: published figures


@pytest.mark.parametrize(
    ("shifted", "noise", "start", "last", "average"),
    [
        (False, 0.5, START, 0.0359882834, 0.0254013213),
        (False, 0.0, START, 0.0126921704, 0.0193566868),
        (False, 0.5, 0 * START, 0.0232961130, 0.0060446344),
        (True, 0.5, START, 0.0359882834, 0.0249243552),
        (True, 0.0, START, 0.0126921704, 0.0188757646),
        (True, 0.5, 0 * START, 0.0232961130, 0.0060485906),
    ],
)
def test_known_risks_of_regression(shifted, noise, start, last, average):
    moments = _exact.regression(SPECTRUM, start, [0.2] * 100, noise, 0.95, shifted=shifted)
    assert moments.risks(SPECTRUM) == pytest.approx((last, average), abs=6e-11)


def test_known_moments_of_regression():
    moments = _exact.regression(SPECTRUM, START, [0.2] * 100, 0.5, 0.95, shifted=False)
    known = [0.0405088797, 0.0348737275, 0.3639880848]
    np.testing.assert_allclose(moments.last, known, atol=6e-11)
    known = [0.0079851977, 0.0203240293, 0.6037829995]
    np.testing.assert_allclose(moments.average, known, atol=6e-11)


def test_known_means_of_the_average():
    """The second direction is the special case in which both fade alike."""
    known = [0.0078940389, -0.0370812093, 0.7540703584]
    found = _exact.mean_of_average(SPECTRUM, START, 0.2, 0.95, 100)
    np.testing.assert_allclose(found, known, atol=6e-11)
    near = _exact.mean_of_average(SPECTRUM * (1 + 1e-7), START, 0.2, 0.95, 100)
    np.testing.assert_allclose(near, known, rtol=1e-5)


def test_without_averaging_the_average_is_the_iterate_before_or_after():
    steps = [0.2] * 30
    before = _exact.regression(SPECTRUM, START, steps, 0.5, 0.0, shifted=False)
    shorter = _exact.regression(SPECTRUM, START, steps[:-1], 0.5)
    np.testing.assert_allclose(before.average, shorter.last, rtol=1e-12)
    after = _exact.regression(SPECTRUM, START, steps, 0.5, 0.0)
    np.testing.assert_allclose(after.average, after.last, rtol=1e-12)
    none = _exact.regression(SPECTRUM, START, [], 0.5, 0.9)
    assert none.risks(SPECTRUM)[1] == pytest.approx(SPECTRUM @ START**2 / 2)
    still = _exact.regression(SPECTRUM, START, [0.0] * 9, 0.0, 0.9)
    np.testing.assert_allclose(still.average, START**2, rtol=1e-12)


@pytest.mark.parametrize(
    ("power", "share", "decay", "steps", "known"),
    [
        (1, 0.5, 0.99, 10_000, (9.549e-2, 8.878e-2, 0.1658, 0.1072)),
        (1, 0.5, 0.999, 10_000, (9.549e-2, 9.832e-2, 0.1658, 0.0575)),
        (2, 0.25, 0.99, 1_000, (2.895e-2, 2.721e-2, 0.0786, 0.0143)),
        (2, 0.25, 0.9999, 10_000, (8.760e-3, 0.1243, 0.0804, 0.00069)),
    ],
)
def test_known_risks_of_a_thousand_weights(power, share, decay, steps, known):
    spectrum = np.arange(1, 1001.0) ** -power
    rates = [share / spectrum.sum()] * steps
    bias = _exact.regression(spectrum, np.ones(1000), rates, 0.0, decay, shifted=False)
    noise = _exact.regression(spectrum, np.zeros(1000), rates, 1.0, decay, shifted=False)
    found = (*bias.risks(spectrum), *noise.risks(spectrum))
    assert found == pytest.approx(known, rel=2e-3, abs=6e-6)


@pytest.mark.parametrize("law", [_exact.regression, _exact.quadratic])
def test_the_average_never_has_more_noise_than_the_last(law):
    rng = np.random.default_rng(1)
    for _ in range(100):
        d = int(rng.integers(1, 6))
        spectrum = rng.uniform(0.01, 1.0, d)
        rate = 0.95 * rng.uniform() * _exact.stable_step(spectrum)
        for shifted in (False, True):
            count, decay = int(rng.integers(1, 40)), rng.uniform(0.01, 0.99)
            moments = law(spectrum, np.zeros(d), [rate] * count, 1.0, decay, shifted=shifted)
            last, average = moments.risks(spectrum)
            assert average <= last * (1 + 1e-12)


def test_bias_of_the_average_fades_exponentially():
    """By the slower of the decay and the iterate's own, within 5 % over the last half."""
    steps = np.arange(100, 201)
    for decay in (0.9, 0.97):
        curve = [
            np.log(np.abs(_exact.mean_of_average(SPECTRUM, START, 0.2, decay, n))) for n in steps
        ]
        slopes = np.polyfit(steps, np.array(curve), 1)[0]
        slower = np.log(np.maximum(decay, 1 - 0.2 * SPECTRUM))
        np.testing.assert_allclose(slopes, slower, rtol=0.05)


def simulated(step, decay, steps, batch, additive, runs=20_000):
    """Squared errors of the iterate and its average, by simulation from the definition."""
    rng = np.random.default_rng(7)
    error = np.tile(START, (runs, 1))
    average = error.copy()
    for _ in range(steps):
        slope = np.zeros_like(error)
        for _ in range(batch):
            x = rng.normal(size=error.shape) * np.sqrt(SPECTRUM)
            if additive:
                slope += error * SPECTRUM + 0.5 * x
            else:
                slope += ((x * error).sum(1) - 0.5 * rng.normal(size=runs))[:, None] * x
        error = error - step * slope / batch
        average = decay * average + (1 - decay) * error
    return error**2 @ SPECTRUM / 2, average**2 @ SPECTRUM / 2


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("additive", [False, True])
def test_the_law_is_that_of_simulations(batch, additive):
    law = _exact.quadratic if additive else _exact.regression
    moments = law(SPECTRUM, START, [0.2] * 40, 0.5, 0.9, batch)
    for found, exact in zip(
        simulated(0.2, 0.9, 40, batch, additive), moments.risks(SPECTRUM), strict=True
    ):
        assert abs(found.mean() - exact) < 4 * found.std() / math.sqrt(len(found))


def test_the_stable_step_is_where_moments_begin_to_grow():
    for batch in (1, 5):
        step = _exact.stable_step(SPECTRUM, batch)

        def end(share, count, step=step, batch=batch):
            moments = _exact.regression(SPECTRUM, START, [share * step] * count, 0.0, batch=batch)
            return moments.risks(SPECTRUM)[0]

        assert end(0.98, 4000) < end(0.98, 2000) < end(0.98, 1000)
        assert end(1.02, 4000) > end(1.02, 2000) > end(1.02, 1000)
    assert _exact.stable_step(SPECTRUM, 10**6) == pytest.approx(2.0, rel=1e-4)


def test_known_moments_of_the_noisy_parabola():
    found = _exact.Parabola().moments(16_384, 1e-3, 0.999)[[1024, 4096, 16_384]]
    np.testing.assert_allclose(found[:, 1], [0.726558, 0.084619, 0.000001], atol=6e-7)
    np.testing.assert_allclose(found[:, 4], [0.527918, 0.007188, 0.000025], atol=6e-7)


@pytest.mark.parametrize(
    ("kappa", "none", "linear", "power", "alone"),
    [
        (8, 0.600, 0.0029, 0.0021, 0.0013),
        (32, 0.842, 0.0131, 0.0091, 0.0058),
        (128, 0.946, 0.0553, 0.0377, 0.0247),
        (512, 0.983, 0.251, 0.156, 0.121),
    ],
)
def test_known_errors_of_the_scaling_rules(kappa, none, linear, power, alone):
    base = _exact.Parabola().moments(16_384, 1e-3, 0.999)[::kappa]

    def errors(rho):
        scaled = _exact.Parabola().moments(16_384 // kappa, 1e-3 * kappa, rho, kappa)
        return np.abs(scaled - base).max(axis=0)[:2]

    assert errors(0.999)[1] == pytest.approx(none, abs=6e-4)
    assert errors(1 - kappa * 0.001)[1] == pytest.approx(linear, rel=0.02)
    assert errors(0.999**kappa) == pytest.approx([alone, power], rel=0.03)


@pytest.mark.parametrize(
    ("name", "peak", "ratio"),
    [
        ("linear", 0.471, 1.0),
        ("cosine_10", 0.410, 1.021),
        ("cosine", 0.471, 1.043),
        ("linear_10", 0.391, 1.053),
        ("wsd", 0.220, 1.230),
        ("inverse_sqrt", 0.322, 1.400),
        ("constant", 0.131, 1.740),
    ],
)
def test_known_risks_of_schedules_at_their_best_peaks(name, peak, ratio):
    """1,000 steps on a quadratic; our decays arrive at zero a step later, hence the tolerance."""
    spectrum = 1 / np.arange(1, 301.0)

    def risk(log_peak):
        rates = np.exp(log_peak) * _schedules.factors(name, 1000, 0.1)
        return _exact.quadratic(spectrum, np.ones(300), rates, 1.0).risks(spectrum)[0]

    bounds = math.log(0.05), math.log(1.9)
    best = minimize_scalar(risk, bounds=bounds, method="bounded", options={"xatol": 3e-3})
    assert best.fun == pytest.approx(0.19936 * ratio, rel=0.02)
    assert math.exp(best.x) == pytest.approx(peak, rel=0.05)


def test_constant_steps_end_at_a_known_noise():
    """s = step sigma^2 / (2 - step lambda) in each direction."""
    moments = _exact.quadratic(SPECTRUM, 0 * START, [0.3] * 3000, 0.7)
    np.testing.assert_allclose(moments.last, 0.3 * 0.49 / (2 - 0.3 * SPECTRUM), rtol=1e-10)


# The stream and the score


def test_the_worked_case_is_the_published_one():
    instance = made("worked")
    stream = opened(instance)
    np.testing.assert_array_equal(stream.start - instance.data["best"], START)
    np.testing.assert_array_equal(instance.data["spectrum"], SPECTRUM)
    cost, scores = PROBLEM.score(instance, stream.start)
    assert (cost, scores["decades"]) == (1.0, 0.0)
    assert scores["excess_risk"] == pytest.approx(SPECTRUM @ START**2 / 2)
    assert PROBLEM.score(instance, instance.data["best"])[0] == 1e-10
    x = instance.data["best"] + [0.0, 2.0, 0.0]
    assert PROBLEM.score(instance, x)[1]["excess_risk"] == pytest.approx(0.5)


@pytest.mark.parametrize("family", ["regression", "quadratic"])
def test_gradients_have_the_mean_and_the_covariance_of_the_law(family):
    instance = made(f"{family}[d=3,noise=0.5,samples=200000]")
    stream = opened(instance)
    w = np.array([0.3, -0.2, 2.0])
    error, spectrum = w - instance.data["best"], instance.data["spectrum"]
    found = np.array([stream.gradient(w) for _ in range(100_000)])
    np.testing.assert_allclose(found.mean(axis=0), spectrum * error, atol=0.03)
    h = np.diag(spectrum)
    m = np.outer(error, error)
    second = 0.25 * h
    if family == "regression":
        second = second + 2 * h @ m @ h + np.trace(h @ m) * h
    else:
        second = second + h @ m @ h
    np.testing.assert_allclose(found.T @ found / len(found), second, atol=0.15)


@pytest.mark.parametrize("family", ["regression", "quadratic"])
def test_a_batch_is_the_mean_of_the_samples_that_it_takes(family):
    """Also across the end of what is drawn at once."""
    instance = made(f"{family}[d=40000,samples=100]")
    one, many = opened(instance), opened(instance)
    w = one.start + 0.1
    singles = [one.gradient(w) for _ in range(7)]
    np.testing.assert_allclose(many.gradient(w, 3), np.mean(singles[:3], axis=0), atol=1e-9)
    np.testing.assert_allclose(many.gradient(w, 4), np.mean(singles[3:], axis=0), atol=1e-9)


def test_streams_repeat_by_their_number_and_differ_by_it():
    instance = made("regression[d=4]")

    def first(number):
        stream = opened(instance)
        stream.follow(number)
        return [stream.gradient(stream.start) for _ in range(3)]

    np.testing.assert_array_equal(first(5), first(5))
    assert not np.array_equal(first(5), first(6))
    assert not np.array_equal(first(5)[0], first(5)[1])
    other = opened(made("regression[d=4]", seed=1))
    other.follow(5)
    assert not np.array_equal(first(5)[0], other.gradient(other.start))


def test_samples_cannot_be_had_again():
    stream = opened(made("regression[d=4]"))
    stream.follow(1)
    stream.follow(2)  # nothing was seen yet
    stream.gradient(stream.start)
    with pytest.raises(ValueError, match="before the first gradient"):
        stream.follow(2)


def test_each_sample_counts():
    instance = made("regression[d=4,samples=10]")
    meter = Meter()
    stream = opened(instance, meter)
    stream.gradient(stream.start)
    stream.gradient(stream.start, 8)
    assert (stream.calls, meter.calls, meter.limit) == (10, 9, 10)
    with pytest.raises(BudgetSpent):
        stream.gradient(stream.start, 2)
    with pytest.raises(ValueError, match="at least 1"):
        stream.gradient(stream.start, 0)
    assert meter.calls == 9


@pytest.mark.parametrize(
    "text",
    [
        "regression[samples=0]",
        "regression[d=0]",
        "regression[noise=-1.0]",
        "quadratic[power=-1.0]",
        "worked[samples=0]",
    ],
)
def test_impossible_cases_are_refused(text):
    with pytest.raises(InvalidCase, match="expected"):
        made(text)


@pytest.mark.parametrize("answer", [None, np.zeros(2), [0.0] * 3, np.full(3, np.nan)])
def test_what_is_no_answer_is_refused(answer):
    with pytest.raises(InvalidAnswer):
        PROBLEM.score(made("worked"), answer)


def test_a_risk_that_overflows_is_refused():
    with pytest.raises(InvalidAnswer, match="diverged"):
        PROBLEM.score(made("worked"), np.full(3, 1e200))
