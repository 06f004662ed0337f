"""Correct and faster: against intervals made one by one, and pairs worked by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_statistics.correct_and_faster import (
    FACTOR,
    CorrectAndFaster,
    improvements,
    outside,
    surely_faster,
)
from harness.intervals import shift

from .boards import board, run, timing
from .odd_boards import ODD, RULES, found_on


@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 3), (4, 4), (5, 4), (10, 10), (3, 9), (60, 60)])
def test_as_many_differences_lie_outside_as_the_interval_leaves_out(n, m, rng):
    x, y = rng.normal(size=n), rng.normal(size=m)
    ordered = np.sort(np.subtract.outer(x, y).ravel())
    skip = outside(n, m)
    if skip < 0:
        assert np.isnan(shift(x, y).low)
    else:
        assert shift(x, y).high == ordered[-1 - skip]


def test_ten_and_ten_leave_out_24():
    assert outside(10, 10) == 23  # the 24th smallest difference is the lower end


@given(st.lists(st.integers(0, 9), min_size=2, max_size=5), st.integers(0, 1000))
def test_surely_faster_is_what_intervals_say_one_by_one(sizes, seed):
    rng = np.random.default_rng(seed)
    values = [rng.lognormal(rng.normal() / 2, 0.2, size) for size in sizes]
    found = surely_faster(values)
    for i, j in itertools.permutations(range(len(values)), 2):
        high = shift(np.log(values[i]), np.log(values[j])).high
        assert found[i, j] == (high < -np.log(FACTOR))
    assert not found.diagonal().any()


def test_nine_percent_faster_is_not_enough_and_twelve_is():
    base = np.linspace(1.0, 1.0001, 8)
    assert not surely_faster([base / 1.09, base])[0, 1]
    assert surely_faster([base / 1.12, base])[0, 1]


def test_just_as_fast_is_not_faster():
    alike = np.full(8, 3.0)
    assert not surely_faster([alike, alike], factor=1.0).any()


def test_pairs_worked_by_hand():
    fast, slow = np.full(6, 1.0), np.full(6, 2.0)
    nothing = np.empty(0)
    right = np.array([[1, 1, 0, 1, np.nan], [1, 0, 0, 1, 1]], float)
    times = [[fast, slow, fast, nothing, nothing], [slow, fast, fast, slow, slow]]
    better, known = improvements(right, times)
    # faster; other wrong; both wrong; not timed; not tried
    assert better.tolist() == [[0, 2], [0, 0]]
    assert known[0, 1] == known[1, 0] == 3


def made(times, costs=None, **facts):
    rows = []
    for label, row in times.items():
        for case, seconds in row.items():
            rows.append(run(label, case, 0, (costs or {}).get(label, {}).get(case, 1.0)))
            rows.append(timing(label, case, np.linspace(seconds, 1.001 * seconds, 6)))
    return board(rows, **facts)


TIMES = {"a": {"x": 1.0, "y": 1.0}, "b": {"x": 2.0, "y": 1.05}, "c": {"x": 0.1, "y": 0.1}}


def cells(finding, view):
    columns = finding.plots[0].columns
    return {
        (row, column): value
        for row, column, value, where in zip(
            *(columns[name] for name in ("row", "column", "value", "view")), strict=True
        )
        if where == view
    }


def test_on_a_board_wrong_answers_have_no_time():
    finding = CorrectAndFaster().compute(made(TIMES, {"c": {"x": 5.0, "y": 5.0}}))
    shares = cells(finding, "1 %")
    assert shares["a", "b"] == 0.5
    assert shares["b", "a"] == 0.0
    assert shares["a", "c"] == 1.0
    assert shares["c", "a"] == 0.0


def test_where_time_ranks_only_failures_are_wrong():
    finding = CorrectAndFaster().compute(made(TIMES, {"c": {"x": 5.0}}, rank_by="time"))
    assert cells(finding, "solved")["c", "a"] == 1.0


def test_a_slower_machine_changes_nothing():
    slower = {label: {c: 7 * t for c, t in row.items()} for label, row in TIMES.items()}
    one, two = (CorrectAndFaster().compute(made(times)) for times in (TIMES, slower))
    assert one.plots[0].columns == two.plots[0].columns


def test_null_edits_rarely_look_faster(rng):
    """Two alike with 5 % noise: without an interval 9 % would look 10 % faster."""
    found = [
        surely_faster([rng.lognormal(0, 0.05, 10) for _ in range(2)])[0, 1] for _ in range(500)
    ]
    assert np.mean(found) < 0.005


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(CorrectAndFaster(), name, rules)
