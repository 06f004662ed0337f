"""Averages of iterates: known answers, naive twins, and identities."""

import math

import numpy as np
import pytest

from bench_optimization._averages import BEMA, DEMA, EMA, OUEMA, Polyak, Tail, scaled_decay
from bench_optimization._profiles import (
    PostHoc,
    Power,
    combination,
    gamma_of,
    inner_products,
    width_of,
)

ALL = {
    "ema": EMA(0.9),
    "polyak": Polyak(),
    "tail": Tail(5),
    "bema": BEMA(),
    "power bema": BEMA(eta=-1.0),
    "bema offline": BEMA(variant="offline"),
    "bema online": BEMA(variant="online"),
    "ouema": OUEMA(0.9),
    "dema": DEMA(0.9),
    "power": Power(0.2),
    "post-hoc": PostHoc(0.08, every=3),
}


@pytest.fixture(params=ALL)
def average(request):
    return ALL[request.param]


def fed(average, points, start=None):
    """All values of an average over points, the first being the start unless one is given."""
    points = [np.asarray(point, float) for point in points]
    average.start([points[0] if start is None else np.asarray(start, float)])
    values = []
    for point in points[start is None :]:
        average.update([point])
        values.append(average.value()[0].copy())
    return np.array(values)


# BEMA.

PATH = [(2, 3), (1, 2), (0.5, 1), (0.25, 1.5), (0.5, 1.25)]


def test_bema_on_a_short_path():
    known = [
        (1.07944473, 2.07944473),
        (0.43996827, 0.99144853),
        (-0.00099780, 1.11370991),
        (0.01577003, 0.77585867),
    ]
    np.testing.assert_allclose(fed(BEMA(), PATH), known, rtol=0, atol=6e-9)


def test_the_authors_two_variants_of_bema():
    offline = fed(BEMA(variant="offline"), PATH)
    known = [(1.10296052, 2.10296052), (0.05352105, 0.81770598)]
    np.testing.assert_allclose(offline[[0, -1]], known, rtol=0, atol=6e-9)
    online = fed(BEMA(variant="online"), PATH)
    np.testing.assert_allclose(online, [(0, 1), (-1, -1), (-1.5, 0), (-1, -0.5)], atol=1e-15)


@pytest.mark.parametrize(
    ("variant", "scale"),
    [
        ("trl", lambda t: 3 + 0.5 * t),
        ("offline", lambda t: 1 + 0.5 * max(t + 3, 1)),
        ("online", lambda t: 0.5 * (1 + max(0, t - 3))),
    ],
)
def test_the_time_scales_of_bema_s_variants(variant, scale):
    path = np.random.default_rng(0).normal(size=(20, 2))
    mean, expected = path[0], []
    for t in range(1, 20):
        a, b = min(1, scale(t) ** -0.3), min(1, scale(t) ** -0.6)
        mean = mean + b * (path[t] - mean)
        expected.append(mean + a * (path[t] - path[0]))
    average = BEMA(kappa=0.6, eta=0.3, rho=3.0, gamma=0.5, variant=variant)
    np.testing.assert_allclose(fed(average, path), expected, rtol=1e-12)


def test_bema_without_a_part():
    steps = np.arange(1, 5)
    path = np.array(PATH, float)
    np.testing.assert_allclose(
        fed(BEMA(kappa=-1.0), PATH),
        path[1:] + ((10 + steps) ** -0.2)[:, None] * (path[1:] - path[0]),
        rtol=1e-14,
    )
    np.testing.assert_array_equal(fed(BEMA(kappa=-1.0), PATH), fed(BEMA(kappa=0.0), PATH))
    mean, expected = path[0], []
    for t in steps:
        mean = mean + (10 + t) ** -0.5 * (path[t] - mean)
        expected.append(mean)
    np.testing.assert_allclose(fed(BEMA(eta=-1.0), PATH), expected, rtol=1e-14)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_bema_s_powers_of_one_undo_the_lag_of_gradient_descent(noise):
    """mean(x_0..x_{T-1}) + (x_T - x_0) / (h lam T) = mu - mean(n) / lam, here at h lam = 1/2."""
    rng = np.random.default_rng(3)
    lam, mu, total = 5.0, 3.0, 200
    disturbances = noise * rng.normal(size=total)
    path = [np.array([1.0])]
    for n in disturbances:
        path.append(path[-1] - 0.5 / lam * (lam * (path[-1] - mu) + n))
    found = fed(BEMA(kappa=1.0, eta=1.0, rho=0.0), path)[:, 0]
    means = np.cumsum(disturbances) / np.arange(1, total + 1)
    np.testing.assert_allclose(found, mu - means / lam, rtol=0, atol=1e-12)


def test_bema_begins_after_the_burn_in_and_skips_steps():
    path = np.random.default_rng(0).normal(size=(13, 2))
    found = fed(BEMA(burn_in=4, every=3), path)
    np.testing.assert_array_equal(found[:4], path[1:5])
    np.testing.assert_array_equal(found[4:6], path[[4, 4]])
    mean = path[4]
    for t in (3, 6):  # steps since the burn-in
        point = path[4 + t]
        mean = mean + (10 + t) ** -0.5 * (point - mean)
        wanted = mean + (10 + t) ** -0.2 * (point - path[4])
        np.testing.assert_allclose(found[3 + t], wanted, rtol=1e-13)
        np.testing.assert_allclose(found[3 + t + 1], wanted, rtol=1e-13)


def test_bema_helps_while_the_run_travels_and_hurts_when_it_has_arrived():
    """Excess risk on a noisy quadratic with eigenvalues 1/i, of 20 runs at once."""
    rng = np.random.default_rng(0)
    eigenvalues = 1 / np.arange(1, 201)
    x = np.ones((20, 200))
    averages = {
        "power": BEMA(eta=-1.0),
        "bema": BEMA(eta=0.4),
        "default": BEMA(),
        "ema": EMA(0.99),
        "polyak": Polyak(),
    }
    for average in averages.values():
        average.start([x])
    risks = {}
    for t in range(1, 4001):
        noise = 0.3 * np.sqrt(eigenvalues) * rng.normal(size=x.shape)
        x -= 0.1 * (eigenvalues * x + noise)
        for average in averages.values():
            average.update([x])
        if t in (50, 100, 200, 500, 1000, 4000):
            points = {name: average.value()[0] for name, average in averages.items()}
            for name, point in (points | {"last": x}).items():
                risks[name, t] = 0.5 * float((eigenvalues * point**2).sum()) / 20
    for t in (50, 100, 200, 500, 1000):
        assert risks["bema", t] < min(risks["last", t], risks["power", t])
    assert risks["default", 4000] > 5 * risks["power", 4000]
    known = {
        ("last", 50): 1.237,
        ("power", 50): 1.302,
        ("bema", 50): 1.199,
        ("default", 50): 1.184,
        ("ema", 50): 2.25,
        ("polyak", 50): 1.62,
        ("bema", 500): 0.276,
        ("polyak", 500): 0.58,
        ("ema", 4000): 0.0089,
        ("polyak", 4000): 0.057,
        ("default", 4000): 0.112,
    }
    for key, risk in known.items():
        assert risks[key] == pytest.approx(risk, rel=0.1), key


# The simple ones against their definitions.


def test_naive_twins():
    path = np.random.default_rng(1).normal(size=(40, 3))
    after = path[1:]
    once = twice = freed = path[0]
    for t in range(1, 40):
        once = 0.9 * once + 0.1 * path[t]
        twice = 0.9 * twice + 0.1 * once
        c = (1 + t) ** -0.2
        freed = 0.9 * freed + 0.1 * (path[t] - c * path[0]) / (1 - c)
    np.testing.assert_allclose(fed(EMA(0.9), path)[-1], once, rtol=1e-12)
    np.testing.assert_allclose(fed(DEMA(0.9), path)[-1], 2 * once - twice, rtol=1e-12)
    np.testing.assert_allclose(fed(OUEMA(0.9, 0.2), path)[-1], freed, rtol=1e-12)
    sums = np.cumsum(after, axis=0)
    counts = np.arange(1, 40)[:, None]
    np.testing.assert_allclose(fed(Polyak(), path), sums / counts, rtol=1e-12, atol=1e-14)
    for window in (1, 5, 39, 100):
        wanted = [after[max(0, t - window) : t].mean(axis=0) for t in range(1, 40)]
        np.testing.assert_allclose(fed(Tail(window), path), wanted, rtol=1e-12, atol=1e-14)


def test_dema_does_not_lag_on_a_straight_path():
    path = np.arange(2000.0)[:, None]
    assert fed(DEMA(0.98), path)[-1, 0] == pytest.approx(1999, abs=1e-9)
    assert fed(EMA(0.98), path)[-1, 0] == pytest.approx(1999 - 0.98 / 0.02, abs=1e-9)


def test_an_ema_without_memory_is_the_last_point():
    path = np.random.default_rng(1).normal(size=(5, 2))
    np.testing.assert_array_equal(fed(EMA(0.0), path), path[1:])


@pytest.mark.parametrize("average", [Polyak(), Power(0.1), EMA(0.0)])
def test_a_start_that_does_not_count_leaves_no_rounding(average):
    assert fed(average, [[1.0]], start=[1e30])[0, 0] == 1.0


def test_sums_of_a_window_do_not_drift():
    path = np.append([1e17], np.ones(25))[:, None]
    assert fed(Tail(3), path, start=[0.0])[-1, 0] == 1.0


# Profiles that are chosen afterwards.


def test_widths_and_exponents():
    known = {
        0.01: 96.994898,
        0.05: 16.972199,
        0.10: 6.937204,
        0.15: 3.557869,
        0.20: 1.826214,
        0.25: 0.719824,
    }
    for width, gamma in known.items():
        assert gamma_of(width) == pytest.approx(gamma, abs=1e-6)
        assert width_of(gamma_of(width)) == pytest.approx(width, rel=1e-12)
    assert width_of(6.94) == pytest.approx(0.099972, abs=5e-7)
    assert width_of(16.97) == pytest.approx(0.050005, abs=5e-7)
    assert width_of(0) == pytest.approx(12**-0.5)
    assert gamma_of(12**-0.5) == pytest.approx(0, abs=1e-12)
    for width in (0.0, 0.3, -0.1, math.nan):
        with pytest.raises(ValueError, match="expected a share above 0"):
            gamma_of(width)


def test_a_profile_weighs_points_by_a_power():
    path = [[0.0], [1.0], [2.0], [3.0], [4.0]]
    linear = Power(width_of(1.0))
    np.testing.assert_allclose(fed(linear, path)[:, 0], (1, 1.75, 22 / 9, 3.125), rtol=1e-12)
    rng = np.random.default_rng(0)
    points, gamma = rng.normal(size=301), gamma_of(0.1)
    s = np.arange(1, 301)
    weights = (s ** (gamma + 1) - (s - 1) ** (gamma + 1)) / 300 ** (gamma + 1)
    assert weights.sum() == pytest.approx(1)
    assert fed(Power(0.1), points[:, None])[-1, 0] == pytest.approx(weights @ points[1:], abs=1e-13)


def test_the_widest_profile_is_the_plain_mean():
    path = np.random.default_rng(0).normal(size=(50, 2))
    np.testing.assert_allclose(fed(Power(12**-0.5), path), fed(Polyak(), path), rtol=1e-10)


def test_inner_products_of_profiles():
    found = inner_products([500, 1000, 3], [6.94, 6.94, 2], [1000, 700, 5], [16.97, 16.97, 1])
    np.testing.assert_allclose(found.diagonal(), (4.461859e-8, 4.819203e-4, 0.18), rtol=2e-7)
    times, gammas = [500, 500, 900, 900, 1000], [16.97, 6.94, 16.97, 6.94, 0.5]
    matrix = inner_products(times, gammas, times, gammas)
    np.testing.assert_allclose(matrix, matrix.T, rtol=1e-12)
    s = (np.arange(200_000) + 0.5) / 200  # by the midpoint rule
    densities = [
        np.where(s <= t, (g + 1) / t * (s / t) ** g, 0) for t, g in zip(times, gammas, strict=True)
    ]
    by_quadrature = np.array(densities) @ np.array(densities).T / 200
    np.testing.assert_allclose(matrix, by_quadrature, rtol=1e-4)


def test_combinations_of_snapshots():
    wide, narrow = gamma_of(0.10), gamma_of(0.05)
    snapshots = [500, 1000, 500, 1000], [narrow, narrow, wide, wide]
    known = (0.00008878, 0.4391579, -0.00218084, 0.56293416)
    found = combination(*snapshots, 1000, gamma_of(0.07))
    np.testing.assert_allclose(found, known, rtol=0, atol=6e-9)
    unit = combination(*snapshots, 1000, wide)
    np.testing.assert_allclose(unit, (0, 0, 0, 1), atol=1e-12)
    with pytest.raises(ValueError, match="after the last snapshot"):
        combination(*snapshots, 1001, wide)


def test_a_width_chosen_afterwards_is_close_to_the_one_tracked():
    """16 snapshots of a random walk; what is asked for at a snapshot's own width is exact."""
    rng = np.random.default_rng(0)
    total = 4000
    post_hoc = PostHoc(every=total // 16)
    true = {width: Power(width) for width in (0.05, 0.07, 0.1, 0.15, 0.2)}
    x = np.zeros(50)
    for average in (post_hoc, *true.values()):
        average.start([x])
    for _ in range(total):
        x += rng.normal(size=50)
        for average in (post_hoc, *true.values()):
            average.update([x])
    bounds = {0.05: 1e-12, 0.07: 0.002, 0.1: 1e-12, 0.15: 0.005, 0.2: 0.03}
    for width, bound in bounds.items():
        wanted = true[width].value()[0]
        found = post_hoc.reconstructed(width, total)[0]
        assert np.linalg.norm(found - wanted) <= bound * np.linalg.norm(wanted), width
    np.testing.assert_array_equal(post_hoc.value()[0], post_hoc.reconstructed(0.1, total)[0])


def test_before_the_first_snapshot_the_value_is_the_start():
    assert fed(PostHoc(every=3), [[5.0], [1.0], [2.0], [3.0]])[:2, 0].tolist() == [5.0, 5.0]


# Scaling with the batch.


def test_the_decay_for_larger_batches():
    known = {8: 0.968444, 16: 0.937885, 32: 0.879628, 64: 0.773745, 256: 0.358419}
    for times, decay in known.items():
        assert scaled_decay(0.996, times) == pytest.approx(decay, abs=5e-7)
    assert 1 - scaled_decay(0.996, 8) == pytest.approx(0.0315555661, abs=5e-11)
    frozen = fed(EMA(0.996), np.ones((8, 1)), start=[0.0])
    assert frozen[-1, 0] == pytest.approx(0.0315555661, abs=5e-11)
    assert scaled_decay(0.996, 1) == 0.996
    assert scaled_decay(scaled_decay(0.996, 4), 8) == pytest.approx(
        scaled_decay(0.996, 32), rel=1e-14
    )
    for decay, times in ((1.0, 2), (0.0, 2), (0.5, 0), (0.5, math.inf), (math.nan, 2)):
        with pytest.raises(ValueError, match="expected a decay between 0 and 1"):
            scaled_decay(decay, times)


def parabola(times, decay, samples=20_480):
    """The mean of the EMA of descent on a parabola, after each `times` samples."""
    m = np.cumprod(np.full(samples // times, 1 - 1e-3 * times))
    return fed(EMA(decay), m[:, None], start=[1.0])[:, 0]


def test_the_scaled_decay_keeps_the_path_of_the_mean():
    base = parabola(1, 0.999)
    np.testing.assert_allclose(base[[1023, 4095, 16383]], (0.726558, 0.084619, 1e-6), atol=5e-7)
    errors = {
        (8, 0.999): 0.600,
        (8, 1 - 8 * 0.001): 0.0029,
        (8, scaled_decay(0.999, 8)): 0.0021,
        (128, 0.999): 0.946,
        (128, 1 - 128 * 0.001): 0.0553,
        (128, scaled_decay(0.999, 128)): 0.0377,
    }
    for (times, decay), error in errors.items():
        found = np.abs(parabola(times, decay) - base[times - 1 :: times]).max()
        assert found == pytest.approx(error, rel=0.03), (times, decay)


# What holds for all.


def test_a_path_that_stands_still_is_its_own_average(average):
    values = fed(average, np.full((30, 2), 3.5))
    np.testing.assert_allclose(values, 3.5, rtol=1e-12)


def test_averages_are_linear_and_move_with_the_path(average):
    path = np.random.default_rng(0).normal(size=(30, 4))
    once = fed(average, path)
    np.testing.assert_allclose(fed(average, 4 * path), 4 * once, rtol=1e-12)
    np.testing.assert_allclose(fed(average, path + 2), once + 2, rtol=1e-9)


def test_the_start_is_copied(average):
    path = np.random.default_rng(0).normal(size=(9, 3))
    expected = fed(average, path)
    x = path[0].copy()
    average.start([x])
    for point, value in zip(path[1:], expected, strict=True):
        x[:] = point
        average.update([x])
        np.testing.assert_array_equal(average.value()[0], value)


def test_lists_of_arrays_keep_their_shapes_and_types(average):
    rng = np.random.default_rng(0)
    points = [
        [rng.normal(size=(2, 3)).astype(np.float32), rng.normal(size=0), np.array(rng.normal())]
        for _ in range(7)
    ]
    average.start(points[0])
    before = average.value()
    assert [a.dtype for a in before] == [np.float32, np.float64, np.float64]
    for point in points[1:]:
        average.update(point)
    values = average.value()
    assert all(isinstance(array, np.ndarray) for array in values)
    assert [(a.dtype, a.shape) for a in values] == [
        (np.float32, (2, 3)),
        (np.float64, (0,)),
        (np.float64, ()),
    ]
    doubled = fed(average, [point[0].astype(float) for point in points])
    np.testing.assert_array_equal(values[0], doubled[-1].astype(np.float32))


def test_a_mean_of_many_float32_is_not_stuck():
    """Late weights are below the rounding of a float32 of the mean's size."""
    polyak, x = Polyak(), np.array([10_000.0], np.float32)
    polyak.start([x])
    for t in range(20_000):
        x[0] = 10_000 + (t >= 10_000)
        polyak.update([x])
    assert polyak.value()[0][0] == np.float32(10_000.5)


@pytest.mark.parametrize("shape", [(2,), (4,), (1,), (3, 1), ()])
def test_points_of_another_shape_are_refused(average, shape):
    average.start([np.ones(3)])
    for _ in range(6):  # in the end the window is full
        with pytest.raises(ValueError, match=r"has an array of shape .*; expected"):
            average.update([np.ones(shape)])
        average.update([np.ones(3)])


def test_the_value_of_a_width_is_computed_once_for_each_snapshot():
    average = PostHoc(0.08, every=3)
    path = np.random.default_rng(0).normal(size=(12, 2))
    average.start([path[0]])
    values = []
    for point in path:
        average.update([point])
        values.append(average.value())
    assert values[4] is values[3] is values[2]
    assert values[5] is not values[4]
    for t in (3, 6, 9, 12):
        np.testing.assert_array_equal(values[t - 1][0], average_at(path[:t], average)[0])


def average_at(path, like):
    """What a new average of the same settings reconstructs after a path."""
    average = PostHoc(like.width, like.every, like.tracked)
    average.start([path[0]])
    for point in path:
        average.update([point])
    return average.reconstructed(like.width, len(path))


@pytest.mark.parametrize(
    "make",
    [
        lambda: EMA(1.0),
        lambda: EMA(math.nan),
        lambda: DEMA(-0.1),
        lambda: OUEMA(0.9, 0.0),
        lambda: Tail(0),
        lambda: BEMA(every=0),
        lambda: BEMA(rho=-1.0),
        lambda: BEMA(kappa=math.nan),
        lambda: BEMA(variant="linear"),
        lambda: Power(0.5),
        lambda: PostHoc(every=0),
        lambda: PostHoc(tracked=(0.1, 0.1)),
        lambda: PostHoc(tracked=(0.1, 0.5)),
    ],
)
def test_settings_out_of_range_are_refused(make):
    with pytest.raises(ValueError, match="expected"):
        make()
