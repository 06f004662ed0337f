"""The anytime area, against integrals by hand and by fine sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.anytime_area import AnytimeArea, areas, quality

from .boards import board, run
from .odd_boards import ODD, RULES, check, found_on


def one(seconds, q, first, last):
    """The area of a single run."""
    start = np.array([0, len(seconds)])
    ends = (np.array([first], float), np.array([last], float))
    return areas(np.array(seconds, float), np.array(q, float), start, *ends)[0]


def traced(points, end=100.0, cases="x", seeds=1, **facts):
    """points[label] = [seconds, cost] of each answer."""
    rows = []
    for label, mine in points.items():
        trace = [[t, k, float(cost)] for k, (t, cost) in enumerate(mine)]
        for case in cases:
            for seed in range(seeds):
                rows.append(run(label, case, seed, trace[-1][2], trace=trace, seconds=end, **facts))
    return board(rows)


def row(finding, label):
    return next(row for row in finding.rows if row["label"] == label)


def test_quality_falls_by_a_quarter_with_each_factor_of_ten():
    above = [np.inf, 7.0, 1.0, 0.1, 0.01, 1e-4, 1e-7, 0.0, -1e-9]
    np.testing.assert_allclose(quality(np.array(above)), [1, 1, 1, 0.75, 0.5, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("seconds", "q", "expected"),
    [
        ([1], [0], 0.0),  # there at once
        ([], [], 1.0),  # never
        ([100], [0], 1.0),  # at the very end
        ([10], [0], 0.5),  # after half of the log time
        ([1, 10], [1, 0], 0.5),
        ([1, 10], [0.5, 0.25], 0.375),
        ([0.1, 10], [0.5, 0.25], 0.375),  # before the first end it held already
        ([10, 1000], [0.5, 0], 0.75),  # what comes after the last end doesn't count
    ],
)
def test_areas_by_hand(seconds, q, expected):
    assert one(seconds, q, 1, 100) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("moment", "expected"), [(5.0, 0.25), (1.0, 0.25), (9.0, 1.0)])
def test_between_equal_ends_the_answer_at_that_time_counts(moment, expected):
    assert one([moment], [0.25], 5.0, 5.0) == expected


@given(
    st.lists(st.floats(0.01, 1e4), min_size=1, max_size=6, unique=True),
    st.lists(st.floats(0, 1), min_size=6, max_size=6),
)
def test_it_is_the_mean_over_log_time(moments, values):
    moments, q = sorted(moments), values[: len(moments)]
    grid = np.geomspace(1.0, 100.0, 20_001)
    place = np.searchsorted(moments, grid, side="right") - 1
    curve = np.where(place >= 0, np.array(q)[place], 1.0)
    assert one(moments, q, 1, 100) == pytest.approx(curve.mean(), abs=1e-3)


def test_runs_do_not_disturb_each_other():
    seconds, q = np.array([1.0, 10, 10, 1]), np.array([1.0, 0, 0, 0])
    start = np.array([0, 2, 2, 3, 4])
    ends = (np.ones(4), np.full(4, 100.0))
    np.testing.assert_allclose(areas(seconds, q, start, *ends), [0.5, 1, 0.5, 0], atol=1e-12)


def test_a_board_worked_by_hand():
    finding = AnytimeArea().compute(
        traced({"a": [(1, 2.0), (10, 1.0)], "b": [(1, 1.01)], "c": [(10, 1.1)]})
    )
    check(finding)
    # Ends: 1 s and 100 s. a: 100 % above, then 0; b: 1 % above all along; c: 10 % from 10 s on.
    found = [row(finding, label)["area"] for label in "abc"]
    np.testing.assert_allclose(found, [0.5, 0.5, (1 + 0.75) / 2])
    assert finding.rows[-1]["label"] == "c"
    assert row(finding, "c")["behind"] == pytest.approx(0.375)


def test_the_ends_are_those_of_all_runs_that_did_not_fail():
    rows = [
        run("a", "x", 0, 1.0, trace=[[1.0, 0, 2.0], [10.0, 0, 1.0]], seconds=10.0),
        run("b", "x", 0, 1.0, trace=[[2.0, 0, 2.0]], seconds=100.0),
        run("c", "x", 0, None, "timeout", trace=[[0.001, 0, 1.0]], seconds=1e6),
    ]
    finding = AnytimeArea().compute(board(rows))
    assert row(finding, "a")["area"] == pytest.approx(0.5)
    assert row(finding, "c")["area"] == 1


def test_a_failed_run_is_never_there():
    rows = [run("a", "x", s, 1.0, trace=[[1.0, 0, 1.0]], seconds=10.0) for s in range(2)]
    rows[1] |= {"status": "crashed"}
    assert AnytimeArea().compute(board(rows)).rows[0]["area"] == pytest.approx(0.5)


@pytest.mark.parametrize("scale", [1e-3, 1e4])
def test_the_units_of_time_and_cost_change_nothing(scale):
    points = {"a": [(1, 2.0), (10, 1.0)], "b": [(3, 1.01), (50, 1.001)]}
    turned = {k: [(t * scale, c * scale) for t, c in v] for k, v in points.items()}
    found = AnytimeArea().compute(traced(points, 100.0, "xy", 2)).rows
    other = AnytimeArea().compute(traced(turned, 100.0 * scale, "xy", 2)).rows
    for mine, theirs in zip(found, other, strict=True):
        assert mine == pytest.approx(theirs, nan_ok=True)


def test_the_order_of_solvers_seeds_and_cases_changes_no_area():
    rows = [
        run(
            s,
            c,
            k,
            1.0,
            trace=[[1.0 + i, 0, 2.0], [5.0 * (k + 1), 0, 1.0 + 0.01 * i]],
            seconds=50.0,
        )
        for i, s in enumerate("abc")
        for c in "xy"
        for k in range(3)
    ]
    found, other = (AnytimeArea().compute(board(each)) for each in (rows, rows[::-1]))
    for label in "abc":
        assert row(found, label)["area"] == pytest.approx(row(other, label)["area"])


def test_equal_solvers_can_not_be_told_apart_and_unequal_ones_can():
    points = [(1, 2.0), (10, 1.0)]
    level = AnytimeArea().compute(traced({"a": points, "b": points}, cases="uvwxyz"))
    assert "b can't be told apart" in level.summary
    apart = AnytimeArea().compute(traced({"a": points, "b": [(50, 2.0)]}, cases="uvwxyz", seeds=2))
    assert "all others are behind, b" in apart.summary
    assert row(apart, "b")["less"] > 0


def test_an_interval_holds_its_area():
    random = np.random.default_rng(4)
    rows = [
        run(
            s,
            c,
            k,
            1.0,
            trace=[[1.0, 0, 3.0], [float(random.uniform(2, 90)), 0, 1.0]],
            seconds=99.0,
        )
        for s in "ab"
        for c in "uvwxyz"
        for k in range(3)
    ]
    for each in AnytimeArea().compute(board(rows)).rows:
        assert each["low"] < each["area"] < each["high"]


def test_a_case_not_tried_is_never():
    rows = [run("a", c, 0, 1.0, trace=[[1.0, 0, 1.0]], seconds=9.0) for c in "xy"]
    rows += [run("b", "x", 0, 1.0, trace=[[1.0, 0, 1.0]], seconds=9.0)]
    assert row(AnytimeArea().compute(board(rows)), "b")["area"] == pytest.approx(0.5)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(AnytimeArea(), name, rules)
