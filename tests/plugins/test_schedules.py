"""The learning-rate schedules and the weights that they give to updates."""

import numpy as np
import pytest

from bench_optimization import _schedules
from bench_optimization._rules.adamw import AdamW
from bench_optimization._schedules import ema_coefficients, factor, factors


@pytest.fixture(params=_schedules.NAMES)
def name(request):
    return request.param


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("warmup", [0.0, 0.1, 0.5, 1.0])
def test_every_factor_is_above_0_and_the_peak_is_1(name, steps, warmup):
    found = factors(name, steps, warmup)
    assert found.shape == (steps,)
    assert (found > 0).all()
    assert found.max() == 1
    peak = max(round(warmup * steps), 1)
    assert found[peak - 1] == 1
    np.testing.assert_allclose(found[:peak], np.arange(1, peak + 1) / peak)
    assert (np.diff(found[peak - 1 :]) <= 0).all()
    assert [factor(name, t, steps, warmup) for t in range(1, steps + 1)] == found.tolist()


def test_no_steps_have_no_factors(name):
    assert factors(name, 0).shape == (0,)


KNOWN = {
    "constant": [0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    "linear": [0.5, 1, 8 / 9, 7 / 9, 6 / 9, 5 / 9, 4 / 9, 3 / 9, 2 / 9, 1 / 9],
    "linear_10": [0.5, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2],
    "wsd": [0.5, 1, 1, 1, 1, 1, 1, 1, 2 / 3, 1 / 3],
    "step": [0.5, 1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.01],
    "inverse_sqrt": [0.5, *np.sqrt(2 / np.arange(2, 11))],
    "cosine": [0.5, *(0.5 + 0.5 * np.cos(np.pi * np.arange(9) / 9))],
    "cosine_10": [0.5, *(0.55 + 0.45 * np.cos(np.pi * np.arange(9) / 9))],
}


def test_ten_steps_with_two_of_warmup(name):
    np.testing.assert_allclose(factors(name, 10, 0.2), KNOWN[name], rtol=1e-14)


def test_a_decay_to_zero_ends_one_step_short_of_it():
    np.testing.assert_allclose(factors("linear", 10), np.arange(10, 0, -1) / 10, rtol=1e-15)
    np.testing.assert_allclose(factors("linear", 1000, 0.1)[-1], 1 / 901)


def test_a_schedule_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"'exponential'; expected one of constant, linear"):
        factors("exponential", 10)
    for warmup in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="expected a share of the steps"):
            factors("linear", 10, warmup)
    for step in (0, 11):
        with pytest.raises(ValueError, match="from 1 to 10"):
            factor("linear", step, 10)


# The weights of the updates.


def test_the_weights_of_ten_updates():
    first, weights = ema_coefficients(np.full(10, 0.1))
    known = (0.03874, 0.04305, 0.04783, 0.05314, 0.05905, 0.06561, 0.0729, 0.081, 0.09, 0.1)
    assert first == pytest.approx(0.348678, abs=5e-7)
    np.testing.assert_allclose(weights, known, atol=5e-6)
    assert weights @ weights == pytest.approx(0.046233, abs=5e-7)
    first, weights = ema_coefficients(0.1 * factors("linear", 10))
    known = (0.06282, 0.06213, 0.06002, 0.05647, 0.0515, 0.04517, 0.03764, 0.02911, 0.0198, 0.01)
    assert first == pytest.approx(0.565341, abs=5e-7)
    np.testing.assert_allclose(weights, known, atol=5e-6)
    assert weights @ weights == pytest.approx(0.022046, abs=5e-7)
    first, weights = ema_coefficients(0.1 * (1 - np.arange(1, 11) / 10))
    assert first == pytest.approx(0.628157, abs=5e-7)
    assert weights[-1] == 0


def test_the_weights_of_a_thousand_updates():
    """Of schedules that arrive at their end with the last step."""
    progress = np.arange(1, 1001) / 1000
    shapes = {
        "constant": np.ones(1000),
        "linear to 10 %": 1 - 0.9 * progress,
        "cosine to 10 %": 0.55 + 0.45 * np.cos(np.pi * progress),
        "linear": 1 - progress,
    }
    found = []
    for shape in shapes.values():
        first, weights = ema_coefficients(0.01 * shape)
        found.append((first, weights[-100:].sum(), weights.sum() ** 2 / (weights @ weights)))
    starts, late, effective = zip(*found, strict=True)
    np.testing.assert_allclose(starts, (4e-5, 0.0040, 0.0040, 0.0067), rtol=0.1, atol=5e-5)
    np.testing.assert_allclose(late, (0.6340, 0.1347, 0.1018, 0.0483), atol=5e-5)
    np.testing.assert_allclose(effective, (199, 685, 734, 704), atol=0.6)


def test_weights_sum_to_1():
    rng = np.random.default_rng(0)
    first, weights = ema_coefficients(rng.random(50))
    assert first + weights.sum() == pytest.approx(1, abs=1e-14)
    assert ema_coefficients(np.array([])) == (1.0, pytest.approx(np.array([])))
    first, weights = ema_coefficients(np.array([0.5, 1.0, 0.25]))
    assert (first, *weights) == (0, 0, 0.75, 0.25)


def test_adamw_s_parameters_are_that_average_of_its_updates():
    rng = np.random.default_rng(1)
    start, decay, rates = rng.normal(size=4), 0.3, 0.2 * factors("linear", 8, 0.25)
    x, rule = start.copy(), AdamW(weight_decay=decay)
    rule.start([x])
    m = v = 0.0
    updates = []
    for t, rate in enumerate(rates, 1):
        g = rng.normal(size=4)
        rule.step([x], [g], rate)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        updates.append(-m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8) / decay)
    first, weights = ema_coefficients(rates * decay)
    np.testing.assert_allclose(x, first * start + weights @ updates, rtol=0, atol=1e-10)


# The risk of SGD on a quadratic, exactly.

PEAKS = [  # steps, schedule, best peak, risk / that of D2Z, tolerance
    (1000, "linear", 0.471, 1.0, 0.001),
    (1000, "cosine", 0.471, 1.043, 0.002),
    (1000, "linear_10", 0.391, 1.053, 0.003),
    (1000, "cosine_10", 0.410, 1.021, 0.002),
    (1000, "wsd", 0.220, 1.230, 0.02),
    (1000, "inverse_sqrt", 0.322, 1.400, 0.002),
    (1000, "constant", 0.131, 1.740, 0.003),
    (100, "cosine", 0.831, 1.042, 0.002),
]
D2Z = {100: 0.84901, 1000: 0.19936}  # of the variant whose last rate is 0


@pytest.mark.parametrize(("steps", "schedule", "peak", "ratio", "tolerance"), PEAKS)
def test_the_risk_on_a_quadratic(steps, schedule, peak, ratio, tolerance):
    found = risk(peak * factors(schedule, steps, 0.1))
    best = risk({100: 0.887, 1000: 0.471}[steps] * factors("linear", steps, 0.1))
    assert best == pytest.approx(D2Z[steps], rel=0.01)
    assert found / best == pytest.approx(ratio, abs=tolerance)


def risk(rates):
    """The last excess risk of SGD with additive noise, eigenvalues 1/i, from the ones."""
    eigenvalues = 1 / np.arange(1, 301)
    mean, spread = np.ones(300), np.zeros(300)
    for rate in rates:
        kept = 1 - rate * eigenvalues
        mean, spread = kept * mean, kept**2 * spread + rate**2 * eigenvalues
    return 0.5 * float(eigenvalues @ (mean**2 + spread))
