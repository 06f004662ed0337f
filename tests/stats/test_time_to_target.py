"""Expected running times: known answers, the interval's coverage, boards."""

import numpy as np
import pytest

from harness.findings import NotApplicable
from harness.statistics._restarts import expected, expected_interval
from harness.statistics.time_to_target import TimeToTarget, to_best

from .boards import board, run
from .odd_boards import ODD, RULES, check, found_on

INF, NAN = np.inf, np.nan
TIMES = np.array([100.0, 300.0, 200.0, INF, INF])
LENGTHS = np.array([150.0, 350.0, 250.0, 1000.0, 1000.0])


def rng(seed=0):
    return np.random.default_rng(seed)


def interval(times, lengths=None, limits=None, draws=1000, seed=0):
    lengths = np.full(len(times), 1000.0) if lengths is None else lengths
    limits = lengths if limits is None else limits
    tables = (np.array([each], float) for each in (times, lengths, limits))
    low, high = expected_interval(*tables, rng(seed), draws)
    return low[0], high[0]


def traced(reached, end=10.0, **facts):
    """As the cost falls from 2 to 1 at reached[label][case][seed]; None for never."""
    rows = []
    for label, cases in reached.items():
        for case, seeds in cases.items():
            for seed, moment in enumerate(seeds):
                trace = [[1e-3, 1, 2.0]] + ([[moment, int(10 * moment), 1.0]] if moment else [])
                more = {"trace": trace, "seconds": end, "calls": facts.get("calls", 0)}
                rows.append(run(label, case, seed, trace[-1][2], **more))
    return board(rows, kind=facts.get("kind", "batch"))


def row(finding, label):
    return next(row for row in finding.rows if row["label"] == label)


def cell(finding, plot, label, view):
    """(x, low, high) of a solver in a view of a plot; None where it is not drawn."""
    columns = next(one for one in finding.plots if one.name == plot).columns
    for i, pair in enumerate(zip(columns["label"], columns["view"], strict=True)):
        if pair == (label, view):
            return tuple(columns[name][i] for name in ("x", "low", "high"))
    return None


def test_the_expected_time_of_five_runs():
    value, spent = expected(TIMES, LENGTHS)
    assert value == pytest.approx(866.667, abs=1e-3)
    assert spent == 2600
    p = 3 / 5
    assert value == pytest.approx(200 + (1 - p) / p * 1000)


def test_without_a_success_it_is_infinite_and_the_time_spent_is_told():
    value, spent = expected(np.array([INF, INF, NAN]), np.array([3.0, 4.0, NAN]))
    assert (value, spent) == (INF, 7)
    assert np.isnan(expected(np.array([NAN]), np.array([NAN]))[0])


def test_the_length_of_a_successful_run_does_not_count():
    np.testing.assert_array_equal(expected(TIMES, LENGTHS), expected(TIMES, LENGTHS + 0.0))
    longer = np.where(np.isfinite(TIMES), 9e9, LENGTHS)
    np.testing.assert_array_equal(expected(TIMES, LENGTHS), expected(TIMES, longer))


def test_the_interval_of_five_runs():
    low, high = interval(TIMES, draws=20_000)
    assert low == pytest.approx(294, rel=0.03)
    assert high == pytest.approx(3981, rel=0.05)


def test_the_order_of_seeds_changes_neither():
    order = [3, 0, 4, 2, 1]
    assert expected(TIMES[order], LENGTHS[order])[0] == expected(TIMES, LENGTHS)[0]
    one, two = interval(TIMES, LENGTHS), interval(TIMES[order], LENGTHS[order])
    np.testing.assert_allclose(one, two, rtol=0.1)  # other runs are drawn


@pytest.mark.parametrize("unit", [1e-6, 1e3])
def test_it_follows_the_unit_of_time(unit):
    np.testing.assert_allclose(
        interval(TIMES * unit, LENGTHS * unit), np.array(interval(TIMES, LENGTHS)) * unit
    )


def test_no_success_has_a_lower_end_and_no_upper_one():
    low, high = interval([INF, INF, INF], [5.0, 5.0, 5.0])
    assert high == INF
    assert 0 < low < 15


def test_where_all_succeed_a_failure_would_have_cost_the_limit():
    short = interval([1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [2.0, 2.0, 2.0])
    long = interval([1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [100.0, 100.0, 100.0])
    assert short[0] == long[0] == 1.0
    assert 1 < short[1] < 10 < long[1]


@pytest.mark.parametrize(
    ("p", "runs", "least"), [(0.9, 15, 0.93), (0.5, 15, 0.92), (0.2, 15, 0.92)]
)
def test_the_interval_covers_what_it_says(p, runs, least):
    budget, many, random = 1000.0, 600, rng(7)
    hit = random.random((many, runs)) < p
    times = np.where(hit, np.minimum(random.gamma(4, 50, (many, runs)), budget), INF)
    lengths = np.full((many, runs), budget)
    low, high = expected_interval(times, lengths, lengths, random)
    truth = 200 + (1 - p) / p * budget
    assert ((low <= truth) & (truth <= high)).mean() > least
    middle = expected(times, lengths)[0]
    assert ((low <= middle) & (middle <= high)).all()


def test_cells_with_other_numbers_of_runs_don_t_disturb_each_other():
    times = np.array([[1.0, INF, NAN], [NAN, NAN, NAN], [2.0, 2.0, 2.0], [INF, NAN, NAN]])
    lengths = np.where(np.isnan(times), NAN, 4.0)
    low, high = expected_interval(times, lengths, lengths, rng())
    assert np.isnan(low).tolist() == [False, True, False, False]
    assert np.isinf(high).tolist() == [False, False, False, True]
    np.testing.assert_array_equal(expected(times, lengths)[0], [5.0, NAN, 2.0, INF])


def test_ratios_are_to_the_best_of_each_case():
    table = np.array([[[1.0, 4.0, INF], [2.0, 1.0, INF], [INF, 2.0, INF]]])
    np.testing.assert_array_equal(to_best(table)[0], [[1, 4, INF], [2, 1, INF], [INF, 2, INF]])


def test_a_board_worked_by_hand():
    finding = TimeToTarget().compute(
        traced(
            {
                "a": {"x": [1.0, 1.0], "y": [2.0, None], "z": [3.0, 3.0]},
                "b": {"x": [2.0, 2.0], "y": [4.0, 4.0], "z": [None, None]},
            }
        )
    )
    check(finding)
    a, b = row(finding, "a"), row(finding, "b")
    # a: 1, (2 + 10) / 1, 3; b: 2, 4, never.
    assert a["ratio 1 %"] == 1.0
    assert b["ratio 1 %"] == 2.0
    assert (a["reached 1 %"], b["reached 1 %"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert cell(finding, "cases", "a", "y: 1 %")[0] == 12.0
    x, low, high = cell(finding, "cases", "b", "z: 1 %")
    assert x == high  # at the edge: never reached
    assert low < x
    assert cell(finding, "successes", "a", "y: 1 %")[0] == 0.5


def test_more_than_half_of_the_cases_lost_make_the_median_infinite():
    cases = "uvwxyz"
    finding = TimeToTarget().compute(
        traced(
            {
                "a": {case: [1.0] for case in cases},
                "b": {case: [1.0 if case in "uv" else None] for case in cases},
            }
        )
    )
    b = row(finding, "b")
    assert b["ratio 1 %"] == INF
    assert (b["ratio 1 % low"], b["ratio 1 % high"]) == (1.0, INF)
    assert finding.rows[0]["label"] == "a"
    x, low, high = cell(finding, "ratios", "b", "1 %")
    assert (low, x) == (1.0, high)


def test_few_cases_give_no_interval_of_the_median():
    finding = TimeToTarget().compute(traced({"a": {"x": [1.0]}, "b": {"x": [2.0]}}))
    assert np.isnan(row(finding, "a")["ratio 1 % low"])
    assert "no interval" in finding.summary


def test_a_run_that_ended_early_costs_only_its_length():
    rows = [
        run("a", "x", 0, 1.0, trace=[[1.0, 0, 1.0]], seconds=1.0),
        run("a", "x", 1, 2.0, trace=[[0.5, 0, 2.0]], seconds=0.5),
        run("a", "x", 2, None, "crashed", trace=[[0.1, 0, 1.0]], seconds=0.25),
    ]
    finding = TimeToTarget().compute(board(rows))
    assert cell(finding, "cases", "a", "x: 1 %")[0] == pytest.approx(1.75)


def test_a_run_that_a_target_ended_would_have_gone_on_to_its_budget():
    def high(**facts):
        rows = [run("a", "x", s, 1.0, trace=[[1.0, 0, 1.0]], **facts) for s in range(3)]
        return cell(TimeToTarget().compute(board(rows)), "cases", "a", "x: 1 %")[2]

    assert high(why="finished") < 5
    assert high(why="target", budget={"seconds": 100.0}) > 20
    assert high(why="target", budget={"timeout": 100.0}) > 20


def test_calls_where_they_are_counted():
    reached = {"a": {"x": [1.0, 2.0]}, "b": {"x": [4.0, 4.0]}}
    finding = TimeToTarget().compute(traced(reached, calls=100, kind="oracle"))
    assert cell(finding, "cases", "a", "x: 1 %")[0] == 15.0
    assert "the calls of" in finding.summary


def test_the_order_of_solvers_and_cases_changes_no_point():
    made = {
        "a": {"x": [1.0, None], "y": [2.0, 3.0]},
        "b": {"x": [2.0, 2.5], "y": [None, 9.0]},
        "c": {"x": [3.0, 3.5], "y": [1.0, 1.0]},
    }
    turned = {s: dict(reversed(made[s].items())) for s in reversed(made)}
    one, two = (TimeToTarget().compute(traced(each)) for each in (made, turned))
    for label in made:
        assert row(one, label) == pytest.approx(row(two, label), nan_ok=True)


def test_nobody_reached_anything():
    rows = [run("a", "x", 0, 2.0, optimum=1.0)]
    with pytest.raises(NotApplicable, match="any of the targets"):
        TimeToTarget().compute(board(rows))


def test_charts_of_single_cases_show_the_first_solvers_of_many():
    many = {f"s{i:02}": {"x": [1.0 + i]} for i in range(45)}
    finding = TimeToTarget().compute(traced(many, end=99.0))
    assert len(finding.rows) == 45
    assert cell(finding, "cases", "s39", "x: 1 %") is not None
    assert cell(finding, "cases", "s40", "x: 1 %") is None
    assert any("first 40" in note for note in finding.notes)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(TimeToTarget(), name, rules)
