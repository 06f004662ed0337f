"""Runtime distributions with simulated restarts."""

import numpy as np
import pytest
from scipy import stats

from harness.statistics._restarts import restarted
from harness.statistics.runtime_ecdf import RuntimeECDF, advance, shares

from .boards import board, run
from .odd_boards import ODD, RULES, check, found_on

INF, NAN = np.inf, np.nan
S, U = [100.0, 300.0, 200.0], [1000.0, 1000.0]
TIMES = np.array([[*S, INF, INF]])
LENGTHS = np.array([[*S, *U]])


def rng(seed=0):
    return np.random.default_rng(seed)


def traced(reached, end=10.0, ends=None, kind="batch", compare="ratio"):
    """As the cost falls from 2 to 1 at reached[label][case][seed]; None for never."""
    rows = []
    for label, cases in reached.items():
        for case, seeds in cases.items():
            for seed, moment in enumerate(seeds):
                trace = [[1e-3, 1, 2.0]] + ([[moment, int(100 * moment), 1.0]] if moment else [])
                seconds = (ends or {}).get(label, end)
                calls = 0 if kind == "batch" else int(100 * seconds)
                facts = {"trace": trace, "seconds": seconds, "calls": calls}
                rows.append(run(label, case, seed, trace[-1][2], **facts))
    return board(rows, compare, kind=kind)


def test_simulated_restarts_have_the_law_that_was_worked_out_by_hand():
    found = restarted(TIMES, LENGTHS, rng(), 200_000)[0]
    assert found.mean() == pytest.approx(866.667, rel=0.01)
    assert found.std() == pytest.approx(1057.25, rel=0.02)
    assert (found <= 300).mean() == pytest.approx(0.6, abs=1e-9)  # each run is first equally often
    assert (found <= 1300).mean() == pytest.approx(0.84, abs=0.005)
    assert np.median(found) == 300


def test_without_failures_the_runtimes_are_those_measured():
    found = restarted(np.array([S]), np.array([S]), rng())[0]
    np.testing.assert_array_equal(np.sort(found), np.repeat(np.sort(S), 5))


@pytest.mark.parametrize(
    ("runs", "draws"), [(1, 15), (3, 15), (4, 16), (7, 21), (15, 15), (16, 16)]
)
def test_as_many_draws_as_the_smallest_multiple(runs, draws):
    assert restarted(np.ones((2, runs)), np.ones((2, runs)), rng()).shape == (2, draws)


def test_without_a_success_it_never_ends_and_without_runs_there_is_nothing():
    times = np.array([[INF, INF], [NAN, NAN], [1.0, NAN]])
    found = restarted(times, np.where(np.isnan(times), NAN, 5.0), rng())
    assert np.isinf(found[0][:16]).all()
    assert np.isnan(found[1]).all()
    assert (found[2][:15] == 1.0).all()
    assert np.isnan(found[2][15:]).all()


def test_lengths_and_successes_stay_together():
    # A run that fails at once, and one that succeeds late: no runtime is below that of the latter.
    found = restarted(np.array([[INF, 90.0]]), np.array([[1.0, 90.0]]), rng())[0]
    assert found.min() == 90
    assert found.max() > 90
    assert set(np.unique(found % 1)) == {0.0}
    assert ((found - 90) < 40).all()  # only whole failures of length 1 come before it


def test_shares_are_scipys():
    draws = rng(3).exponential(size=(1, 40))
    moments = np.linspace(0.1, 3, 7)
    expected = stats.ecdf(draws[0]).cdf.evaluate(moments)
    np.testing.assert_allclose(shares(draws, moments), expected)


def test_shares_with_what_never_comes_are_scipys_with_right_censoring():
    draws = np.array([[1.0, 2.0, INF, 3.0, INF]])
    censored = stats.CensoredData(uncensored=[1.0, 2.0, 3.0], right=[99.0, 99.0])
    moments = np.array([0.5, 1.0, 2.5, 50.0])
    np.testing.assert_allclose(shares(draws, moments), stats.ecdf(censored).cdf.evaluate(moments))


def test_each_task_weighs_the_same():
    # Two targets of one case; the second has fewer draws.
    runtimes = np.array([[1.0, 1.0, 1.0, 9.0], [1.0, 9.0, NAN, NAN]])
    assert shares(runtimes, np.array([5.0])) == pytest.approx((3 / 4 + 1 / 2) / 2)


def test_advance_is_the_area_under_the_shares():
    runtimes = 10 ** rng(5).uniform(-1, 3, size=(3, 2, 15))
    runtimes[0, 0, 3] = INF
    fine = np.geomspace(1.0, 100.0, 20_001)
    curve = shares(runtimes, fine)
    area = np.trapezoid(curve, np.log(fine), axis=0) / np.log(100)
    np.testing.assert_allclose(advance(runtimes, 1.0, 100.0), area, atol=1e-3)


def test_between_equal_ends_what_is_there_counts():
    assert advance(np.array([[1.0, INF]]), 1.0, 1.0) == 0.5


def test_a_board_worked_by_hand():
    finding = RuntimeECDF().compute(traced({"a": {"x": [1.0, 1.0]}, "b": {"x": [None, 10.0]}}))
    check(finding)
    assert [row["label"] for row in finding.rows] == ["a", "b"]
    a, b = finding.rows
    assert (a["reached"], a["ever"], a["area"]) == (1, 1, pytest.approx(1))
    # b reaches it in half of its runs, at the very end of them; a restart would go beyond.
    assert (b["reached"], b["ever"]) == (0.5, 1)
    assert b["area"] == pytest.approx(0, abs=1e-12)


def test_what_goes_beyond_the_longest_run_is_a_view_of_its_own():
    plot = RuntimeECDF().compute(traced({"a": {"x": [1.0, None]}})).plots[0]
    beyond = [
        x for x, v in zip(plot.columns["x"], plot.columns["view"], strict=True) if "beyond" in v
    ]
    seen = [x for x, v in zip(plot.columns["x"], plot.columns["view"], strict=True) if v == "1 %"]
    assert max(beyond) > 10
    assert max(seen) <= 10.5
    never = RuntimeECDF().compute(traced({"a": {"x": [1.0, 1.0]}})).plots[0]
    assert not any("beyond" in view for view in never.columns["view"])


def test_a_run_that_ended_early_of_itself_is_restarted_within_the_longest_run():
    rows = [
        run("a", "x", 0, 2.0, trace=[[0.1, 1, 2.0]], seconds=0.1),
        run("a", "x", 1, 1.0, trace=[[1.0, 1, 1.0]], seconds=50.0),
    ]
    (row,) = RuntimeECDF().compute(board(rows)).rows
    assert row["reached"] == 1  # 0.1 s lost now and then, far within 50 s


def test_curves_rise_and_end_at_what_was_reached():
    finding = RuntimeECDF().compute(
        traced(
            {"a": {"x": [1.0, None], "y": [2.0, 3.0]}, "b": {"x": [0.5, 0.5], "y": [None, None]}}
        )
    )
    columns = finding.plots[0].columns
    for label in "ab":
        y = [
            value
            for value, name, view in zip(
                columns["y"], columns["label"], columns["view"], strict=True
            )
            if (name, view) == (label, "all targets")
        ]
        assert (np.diff(y) >= 0).all()
        row = next(row for row in finding.rows if row["label"] == label)
        assert y[-1] == pytest.approx(row["reached"])


def test_calls_where_they_are_counted():
    reached = {"a": {"x": [1.0, 2.0]}, "b": {"x": [4.0, 4.0]}}
    plot = RuntimeECDF().compute(traced(reached, kind="oracle")).plots[0]
    assert plot.x.title == "oracle calls"
    assert max(plot.columns["x"]) == pytest.approx(420)
    assert RuntimeECDF().compute(traced(reached, kind="online")).plots[0].x.title == "time"


def test_a_faster_machine_moves_the_curves_and_not_the_table():
    slow = {"a": {"x": [1.0, 2.0], "y": [3.0, 3.0]}, "b": {"x": [4.0, 5.0], "y": [1.0, 2.0]}}
    quick = {s: {c: [t / 7 for t in v] for c, v in row.items()} for s, row in slow.items()}
    one = RuntimeECDF().compute(traced(slow, 10.0))
    two = RuntimeECDF().compute(traced(quick, 10.0 / 7))
    for mine, other in zip(one.rows, two.rows, strict=True):
        assert mine["label"] == other["label"]
        assert mine["area"] == pytest.approx(other["area"])


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(RuntimeECDF(), name, rules)
