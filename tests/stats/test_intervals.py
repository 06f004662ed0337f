"""Intervals against scipy, against examples worked by hand, and how often they cover."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.intervals import (
    Interval,
    centre,
    centres,
    mean,
    percentiles,
    share,
    shift,
    two_stage,
)

NUMBERS = st.floats(-100, 100).map(lambda x: round(x, 3))


# --- share -------------------------------------------------------------------------------------


def test_shares_by_hand():
    for hits, low, high in ((4, 0.168, 0.687), (6, 0.313, 0.832), (8, 0.490, 0.943)):
        found = share(hits, 10)
        assert found.value == hits / 10
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-4)


def test_a_share_of_nothing_is_unknown():
    assert all(map(math.isnan, (share(0, 0).value, share(0, 0).low, share(0, 0).high)))


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (1, 1), (0, 7), (7, 7), (1, 1000)])
def test_shares_follow_wilsons_formula(hits, trials):
    z, p = stats.norm.ppf(0.975), hits / trials
    middle = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    reach = z / (1 + z * z / trials) * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials**2))
    found = share(hits, trials)
    assert (found.low, found.high) == pytest.approx((middle - reach, middle + reach), abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_shares_cover():
    for p in (0.1, 0.5):
        for trials in (10, 30):
            chances = stats.binom.pmf(range(trials + 1), trials, p)
            found = [share(hits, trials) for hits in range(trials + 1)]
            covered = sum(c for c, f in zip(chances, found, strict=True) if f.low <= p <= f.high)
            assert covered > 0.92


# --- mean --------------------------------------------------------------------------------------


@given(st.lists(NUMBERS, min_size=2, max_size=30).filter(lambda values: len(set(values)) > 1))
def test_means_are_scipys(values):
    found = mean(values)
    ends = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert found.value == pytest.approx(np.mean(values), abs=1e-9)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high), rel=1e-6, abs=1e-6)


def test_means_of_too_few():
    assert math.isnan(mean([]).value)
    assert mean([3.0]).value == 3.0
    assert math.isnan(mean([3.0]).low)
    assert mean([1.0, math.inf]).value == math.inf
    assert math.isnan(mean([1.0, math.inf]).high)
    assert mean([2.0, 2.0, 2.0]) == Interval(2.0, 2.0, 2.0)


def test_a_level_makes_it_wider():
    values = [1.0, 2.0, 4.0, 8.0]
    assert mean(values, 0.99).high > mean(values).high > mean(values, 0.5).high


def test_means_cover(rng):
    # Logarithms of time ratios: instances differ by 0.3, seeds by 0.2; 8 instances, 5 seeds.
    covered = 0
    for _ in range(400):
        instances = rng.normal(0, 0.3, (8, 1)) + rng.normal(0, 0.2, (8, 5))
        found = mean(instances.mean(axis=1))
        covered += found.low <= 0 <= found.high
    assert 0.92 <= covered / 400 <= 0.98


# --- centre of paired differences --------------------------------------------------------------


def test_the_centre_of_ratios_by_hand():
    ratios = [1.02, 1.05, 0.99, 1.04, 1.06, 1.03, 1.01, 1.08]
    found = centre(np.log(ratios)).map(math.exp)
    ends = (found.value, found.low, found.high)
    assert ends == pytest.approx((1.034795, 1.009802, 1.06), abs=1e-6)


def naive_centre(d):
    """By the definition: all Walsh averages, and the null of T over all signs."""
    walsh = sorted((a + b) / 2 for a, b in itertools.combinations_with_replacement(d, 2))
    sums = [
        sum(i * s for i, s in enumerate(signs, 1))
        for signs in itertools.product((0, 1), repeat=len(d))
    ]
    skip = max(
        (c for c in range(len(walsh)) if np.mean([t <= c for t in sums]) <= 0.025), default=-1
    )
    ends = (walsh[skip], walsh[-1 - skip]) if skip >= 0 else (math.nan, math.nan)
    return np.median(walsh), *ends


@pytest.mark.parametrize("n", range(1, 11))
def test_the_centre_follows_its_definition(n, rng):
    d = rng.standard_normal(n).round(2)
    found = centre(d)
    expected = naive_centre(d.tolist())
    assert (found.value, found.low, found.high) == pytest.approx(expected, nan_ok=True, abs=1e-12)
    assert math.isnan(found.low) == (n < 6)


def test_the_interval_holds_what_the_test_does_not_reject(rng):
    d = rng.standard_normal(12)
    found = centre(d)
    for end, inwards in ((found.low, 1e-9), (found.high, -1e-9)):
        assert stats.wilcoxon(d - (end + inwards), method="exact").pvalue > 0.05
        assert stats.wilcoxon(d - (end - inwards), method="exact").pvalue <= 0.05


@given(st.lists(NUMBERS, min_size=1, max_size=12), st.floats(-5, 5).map(lambda x: round(x, 2)))
def test_the_centre_moves_with_the_differences_and_turns_with_their_sign(d, by):
    one, moved, turned = centre(d), centre(np.array(d) + by), centre([-x for x in d])
    for end in ("value", "low", "high"):
        expected = getattr(one, end) + by
        assert getattr(moved, end) == pytest.approx(expected, nan_ok=True, abs=1e-9)
    assert (-turned.high, -turned.value) == pytest.approx((one.low, one.value), nan_ok=True)


def test_infinite_differences_are_the_largest():
    d = np.array([0.1, 0.2, 0.3, 0.15, 0.25, 0.35, 0.12, 0.22])
    for n_lost in (1, 3, 8):
        lost = d.copy()
        lost[:n_lost] = np.inf
        found = centre(lost)
        big = centre(np.where(np.isinf(lost), 1e6, lost))
        for end in ("value", "low", "high"):
            one, other = getattr(found, end), getattr(big, end)
            assert one == pytest.approx(other) if other < 1e5 else one == math.inf
    both = centre([math.inf, -math.inf] * 4)
    assert (both.value, both.low, both.high) == (0.0, -math.inf, math.inf)


def test_rows_are_treated_alike(rng):
    d = rng.standard_normal((7, 9))
    for row, found in zip(d, centres(d), strict=True):
        one = centre(row)
        assert found.tolist() == [one.value, one.low, one.high]
    assert centres(np.empty((3, 0))).shape == (3, 3)
    assert math.isnan(centre([]).value)


def test_large_samples_have_nearly_the_ends_of_the_exact_test(rng):
    n, ways = 120, np.ones(1)
    for rank in range(1, n + 1):
        ways = np.pad(ways, (0, rank)) / 2 + np.pad(ways, (rank, 0)) / 2
    skip = int(np.searchsorted(np.cumsum(ways), 0.025, side="right")) - 1
    d = rng.standard_normal(n)
    walsh = np.sort([(a + b) / 2 for a, b in itertools.combinations_with_replacement(d, 2)])
    found = centre(d)
    assert abs(np.searchsorted(walsh, found.low) - skip) <= 3
    assert abs(np.searchsorted(walsh, found.high) - (len(walsh) - 1 - skip)) <= 3


def test_the_centre_covers(rng):
    for n in (6, 10, 25):
        found = centres(rng.standard_t(5, (600, n)))
        assert 0.935 <= np.mean((found[:, 1] <= 0) & (found[:, 2] >= 0)) <= 0.99


# --- shift of two samples ----------------------------------------------------------------------

A = [10.2, 10, 10.4, 10.1, 11.5, 10.3, 10.2, 10, 10.6, 10.1]
B = [5.1, 5, 5.3, 5.2, 5.1, 6, 5.2, 5.1, 5.4, 5]


def test_the_ratio_of_two_samples_by_hand():
    found = shift(np.log(A), np.log(B)).map(math.exp)
    ends = (found.value, found.low, found.high)
    assert ends == pytest.approx((1.980392, 1.923077, 2.039216), abs=1e-6)


def naive_shift(x, y):
    """By the definition: all differences, and the null of U over all ways to mix the samples."""
    differences = sorted(a - b for a in x for b in y)
    places = range(len(x) + len(y))
    us = [
        sum(place - i for i, place in enumerate(chosen))
        for chosen in itertools.combinations(places, len(x))
    ]
    skip = max(
        (c for c in range(len(differences)) if np.mean([u <= c for u in us]) <= 0.025), default=-1
    )
    ends = (differences[skip], differences[-1 - skip]) if skip >= 0 else (math.nan, math.nan)
    return np.median(differences), *ends


@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 3), (4, 4), (3, 7), (7, 3), (6, 6)])
def test_the_shift_follows_its_definition(n, m, rng):
    x, y = rng.standard_normal(n).round(2), rng.standard_normal(m).round(2)
    found = shift(x, y)
    expected = naive_shift(x.tolist(), y.tolist())
    assert (found.value, found.low, found.high) == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_the_shift_holds_what_the_test_does_not_reject(rng):
    x, y = rng.standard_normal(9), rng.standard_normal(11) + 1
    found = shift(x, y)
    for end, inwards in ((found.low, 1e-9), (found.high, -1e-9)):
        test = stats.mannwhitneyu(x, y + end + inwards, method="exact")
        assert test.pvalue > 0.05
        assert stats.mannwhitneyu(x, y + end - inwards, method="exact").pvalue <= 0.05


def test_the_shift_turns_with_the_samples(rng):
    x, y = rng.standard_normal(8), rng.standard_normal(12)
    one, other = shift(x, y), shift(y, x)
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))
    assert math.isnan(shift([], [1.0]).value)


def test_the_shift_covers_times_with_spikes(rng):
    # 2 % of noise, and one value in ten up to twice as long.
    covered = 0
    for _ in range(300):
        x, y = rng.normal(0, 0.02, (2, 10)) + (rng.random((2, 10)) < 0.1) * rng.random((2, 10))
        found = shift(x, y)
        covered += found.low <= 0 <= found.high
    assert 0.93 <= covered / 300 <= 0.99


def test_large_samples_of_two_go_over_smoothly(rng):
    x, y = rng.standard_normal(51), rng.standard_normal(51)
    exact, normal = shift(x[:50], y[:50]), shift(x, y)
    assert (normal.low, normal.high) == pytest.approx((exact.low, exact.high), abs=0.12)


# --- draws -------------------------------------------------------------------------------------


def test_percentiles_do_not_interpolate():
    low, high = percentiles(np.arange(1000.0)[:, None])
    assert (low.tolist(), high.tolist()) == ([25.0], [974.0])
    low, high = percentiles(np.array([[1.0, np.nan], [np.inf, np.nan], [2.0, np.nan]]))
    assert (low[0], high[0]) == (1.0, np.inf)
    assert np.isnan([low[1], high[1]]).all()


def test_draws_vary_as_cases_and_seeds_together(rng):
    cells = [[np.array([1.0, 3.0]), np.array([5.0, 9.0])]]
    found, picks = two_stage(cells, rng, 40_000)
    means = found[:, 0].mean(axis=1)
    assert means.mean() == pytest.approx(4.5, abs=0.05)
    assert means.var() == pytest.approx(3.75, rel=0.03)
    middles = np.where(picks == 0, 2.0, 7.0).mean(axis=1)
    assert middles.var() == pytest.approx(3.125, rel=0.03), "cases alone"


def test_all_solvers_get_the_same_cases(rng):
    cells = [[np.array([1.0]), np.array([2.0])], [np.array([10.0]), np.array([20.0])]]
    found, picks = two_stage(cells, rng, 50)
    np.testing.assert_array_equal(found[:, 0] * 10, found[:, 1])
    np.testing.assert_array_equal(found[:, 0], picks + 1)


def test_what_was_not_tried_stays_unknown_and_the_middle_can_be_chosen(rng):
    cells = [[np.array([1.0, 2.0, 90.0]), np.empty(0)]]
    found, picks = two_stage(cells, rng, 200, middle=lambda drawn: np.median(drawn, axis=-1))
    assert set(np.unique(found[picks[:, None] == 0])) <= {1.0, 2.0, 90.0}
    assert np.isnan(found[picks[:, None] == 1]).all()
    none, picks = two_stage([], rng, 5)
    assert none.shape == (5, 0, 0)
    assert picks.shape == (5, 0)


def test_the_two_stage_bootstrap_covers_less_with_few_cases(rng):
    def coverage(cases):
        covered = 0
        for _ in range(150):
            means = rng.normal(0, 0.3, (cases, 1)) + rng.normal(0, 0.2, (cases, 3))
            found, _ = two_stage([list(means)], rng, 200)
            low, high = percentiles(found[:, 0].mean(axis=1))
            covered += low <= 0 <= high
        return covered / 150

    assert 0.82 <= coverage(6) <= 0.94
    assert coverage(25) >= 0.9
