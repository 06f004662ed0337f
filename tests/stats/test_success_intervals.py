"""Solved, solved at, how clean: known answers, direct maximisation, coverage, and boards."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import beta, gamma

from bench_statistics._likelihood import beta_mean, gamma_mean, gamma_shape
from bench_statistics._targets import unmoved
from bench_statistics.success_intervals import SuccessIntervals, excess_left, solved_at
from harness.findings import NotApplicable

from .boards import board, run, table
from .odd_boards import ODD, RULES, found_on

FALL = 3.841458820694124
TIMES = np.array([2.0, 3, 5, 8, 12])
SHARES = np.array([0.01, 0.02, 0.02, 0.05, 0.10])


def averages(values):
    return np.array([[len(values)], [values.mean()], [np.log(values).mean()]], float)


def test_known_gamma_interval():
    mean, low, high = solved_at([TIMES])
    assert (mean[0], low[0], high[0]) == pytest.approx((6, 3.366546, 12.269390), abs=1e-6)
    spread = np.log(TIMES.mean()) - np.log(TIMES).mean()
    assert gamma_shape(np.array([spread]))[0] == pytest.approx(2.671918, abs=1e-6)


def test_known_beta_interval():
    mean, low, high = excess_left([SHARES], top=0.5)
    assert (mean[0], low[0], high[0]) == pytest.approx((0.040173, 0.019851, 0.090859), abs=1e-6)


def profile(density, mean):
    """The largest log-likelihood at a mean, by a search over the logarithm of the other one."""
    found = minimize_scalar(
        lambda t: -density(mean, math.exp(t)),
        bounds=(-6, 12),
        options={"xatol": 1e-10},
        method="bounded",
    )
    return -found.fun


@pytest.mark.parametrize("seed", range(4))
def test_gamma_against_a_direct_search(seed):
    values = np.random.default_rng(seed).gamma(1.5, 3.0, 4 + 3 * seed)

    def likelihood(mean, shape):
        return gamma.logpdf(values, shape, scale=mean / shape).sum()

    (low,), (high,) = gamma_mean(*averages(values))
    top = profile(likelihood, values.mean())
    for end in (low, high):
        assert 2 * (top - profile(likelihood, end)) == pytest.approx(FALL, abs=1e-6)
    assert low < values.mean() < high


@pytest.mark.parametrize("seed", range(4))
def test_beta_against_a_direct_search(seed):
    values = np.random.default_rng(seed).beta(1.2, 4.0, 4 + 3 * seed)

    def likelihood(mean, precision):
        return beta.logpdf(values, mean * precision, (1 - mean) * precision).sum()

    logs = np.array([[len(values)], [np.log(values).mean()], [np.log1p(-values).mean()]])
    (mean,), (low,), (high,) = beta_mean(*logs)
    best = minimize_scalar(
        lambda m: -profile(likelihood, m),
        bounds=(1e-3, 0.999),
        options={"xatol": 1e-9},
        method="bounded",
    )
    assert mean == pytest.approx(best.x, abs=1e-5)
    level = -best.fun - FALL / 2
    for end, outside in ((low, 1e-6), (high, 1 - 1e-6)):
        edge = brentq(lambda m: profile(likelihood, m) - level, outside, best.x, xtol=1e-10)
        assert end == pytest.approx(edge, abs=1e-6)


@pytest.mark.parametrize(("count", "share"), [(7, 0.925), (30, 0.960)])
def test_gamma_coverage(count, share):
    drawn = np.random.default_rng(1).gamma(2.0, 1.0, (4000, count))
    sums = np.array([np.full(4000, count), drawn.mean(axis=1), np.log(drawn).mean(axis=1)])
    low, high = gamma_mean(*sums)
    assert ((low < 2) & (high > 2)).mean() == pytest.approx(share, abs=0.025)


def test_samples_at_once_are_as_one_by_one_and_scale_with_the_unit():
    samples = [TIMES, TIMES[:2], 1e-6 * TIMES, np.array([4.0]), np.array([]), np.full(3, 2.0)]
    together = np.array(solved_at(samples)).T
    for values, one in zip(samples, together, strict=True):
        np.testing.assert_allclose(np.ravel(solved_at([values])), one, rtol=1e-9)
    np.testing.assert_allclose(together[2], 1e-6 * together[0], rtol=1e-9)
    assert math.isnan(together[4, 0])
    assert together[3, 0] == 4.0
    assert np.isnan(together[3:, 1:]).all(), "one value, none, or equal ones have no interval"


def test_the_mirrored_beta_is_the_mirror():
    values = np.array([0.1, 0.2, 0.25, 0.6])
    mean, low, high = excess_left([values])
    other, lower, higher = excess_left([1 - values])
    assert (1 - other[0], 1 - higher[0], 1 - lower[0]) == pytest.approx((mean[0], low[0], high[0]))


@pytest.mark.parametrize("values", [[0.0, 0.2, 0.4], [0.5, 1.0], [0.3], [0.25, 0.25]])
def test_where_no_beta_law_fits_the_plain_mean_stands_alone(values):
    mean, low, high = excess_left([np.array(values)])
    assert mean[0] == pytest.approx(np.mean(values))
    assert math.isnan(low[0])
    assert math.isnan(high[0])


def trials(solved, runs, label="a", case="x", missed=1.5):
    """Runs of which the first few end within 1 % of the optimum, each at another cost."""
    return [
        run(
            label,
            case,
            seed,
            1.006 + 0.00001 * seed if seed < solved else missed + 0.01 * seed,
            seconds=1.0 + seed,
        )
        for seed in range(runs)
    ]


def optimal(rows):
    return board([{**row, "optimum": 1.0} for row in rows])


@pytest.mark.parametrize(
    ("solved", "runs", "low", "high"),
    [
        (98, 100, 0.9300, 0.9945),
        (31, 100, 0.2278, 0.4063),
        (14, 100, 0.0853, 0.2214),
        (7, 100, 0.0343, 0.1375),
    ],
)
def test_known_success_rates(solved, runs, low, high):
    finding = SuccessIntervals().compute(optimal(trials(solved, runs)))
    row = finding.rows[0]
    found = (row["solved"], row["low"], row["high"])
    assert found == pytest.approx((solved / runs, low, high), abs=6e-5)
    assert (row["always"], row["some"], row["never"]) == (0, 1, 0)


def test_who_never_solves_has_a_rate_but_no_time():
    rows = trials(2, 4) + trials(0, 100, "b")
    finding = SuccessIntervals().compute(optimal(rows))
    row = finding.rows[1]
    assert (row["label"], row["solved"]) == ("b", 0)
    assert row["high"] == pytest.approx(0.0370, abs=5e-5)
    plots = {plot.name: plot.columns for plot in finding.plots}
    assert plots["solved-at"]["label"] == ["a"]
    assert plots["solved-by-case"]["label"] == ["a", "b"]


def test_time_and_excess_are_of_solved_runs_only():
    finding = SuccessIntervals().compute(optimal(trials(3, 5)))
    plots = {plot.name: plot.columns for plot in finding.plots}
    assert plots["solved-at"]["x"] == pytest.approx([2.0])
    excess = np.array([0.006, 0.00601, 0.00602]) / 0.01
    assert plots["excess-left"]["x"] == pytest.approx(excess_left([excess])[0], rel=1e-6)


def test_the_answer_that_counts_decides():
    """It was within the target once, and ended outside; where the best counts it solved."""
    rows = [
        {
            **run("a", "x", seed, 2.0 + seed, trace=[[0.5, 0, 1.0], [1.0, 0, 2.0 + seed]]),
            "optimum": 1.0,
        }
        for seed in range(2)
    ]
    finding = SuccessIntervals().compute(board(rows))
    assert finding.rows[0]["solved"] == 0
    assert {len(plot.columns["x"]) for plot in finding.plots if plot.name == "solved-at"} == {0}
    best = [{**row, "cost": 1.0} for row in rows]
    assert SuccessIntervals().compute(board(best, counts="best")).rows[0]["solved"] == 1


def test_runs_that_only_repeat_each_other_have_no_rate():
    rows = trials(2, 4) + [run("b", "x", seed, 1.005) for seed in range(4)]
    made = optimal(rows)
    assert unmoved(made) == ["b"]
    finding = SuccessIntervals().compute(made)
    row = next(row for row in finding.rows if row["label"] == "b")
    assert row["solved"] == 1
    assert math.isnan(row["low"])
    assert any("b." in note and "one run" in note for note in finding.notes)
    with pytest.raises(NotApplicable, match="seed"):
        SuccessIntervals().compute(optimal(rows[4:]))


def test_always_at_the_optimum_is_no_sign_of_repetition():
    rows = [run("a", "x", seed, 1.0) for seed in range(10)]
    row = SuccessIntervals().compute(optimal(rows)).rows[0]
    assert row["low"] == pytest.approx(0.7225, abs=1e-4)


def test_one_run_gives_no_rate():
    with pytest.raises(NotApplicable, match="twice"):
        SuccessIntervals().compute(table({"a": {"x": 1.0}, "b": {"x": 2.0}}))


def test_the_order_of_seeds_changes_nothing():
    rows = trials(3, 6) + trials(2, 6, "b")
    turned = [{**row, "seed": 5 - row["seed"]} for row in rows]
    found = SuccessIntervals().compute(optimal(rows))
    other = SuccessIntervals().compute(optimal(turned))
    assert found.rows == other.rows
    for plot, same in zip(found.plots, other.plots, strict=True):
        for name in ("x", "low", "high"):
            assert plot.columns[name] == pytest.approx(same.columns[name])


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(SuccessIntervals(), name, rules)
