"""Compute-equivalent gain: curves worked by hand, and what can't be told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_statistics.compute_equivalent_gain import (
    ComputeEquivalentGain,
    budget_for,
    falling,
    values_at,
)

from .boards import board, run
from .odd_boards import ODD, RULES, found_on

BUDGETS = np.array([1.0, 2.0, 4.0, 8.0, 16.0])


def budget(curve, wanted, times=BUDGETS):
    return budget_for(times, np.array([curve], float), np.array([wanted], float))[0]


def test_a_curve_worked_by_hand():
    # Quality 10 to 50 turned upside down; 35 at a budget of 4 is reached by the baseline at 4 √2.
    assert budget(-10.0 * np.arange(1, 6), -35) / 4 == pytest.approx(2**0.5)


def test_chords_overestimate_on_a_convex_curve():
    error = 0.05 + 0.4 / np.sqrt(BUDGETS)
    assert budget(error, 0.05 + 0.4 / np.sqrt(6)) / 2 == pytest.approx(3.0877, abs=1e-4)


def test_a_curve_is_made_to_fall_and_read_between_its_points():
    curve = falling(np.array([0.45, 0.34, 0.36, 0.20, 0.15]))
    np.testing.assert_allclose(curve, [0.45, 0.35, 0.35, 0.20, 0.15])
    assert budget(curve, 0.25) == pytest.approx(4 * 2 ** (2 / 3))


def test_on_a_plateau_the_earliest_budget_counts():
    assert budget([3, 2, 2, 2, 1], 2) == 2.0


def test_what_comes_before_the_first_answer_stays_infinite():
    np.testing.assert_array_equal(falling(np.array([np.inf, 1.0, 2.0])), [np.inf, 1.5, 1.5])
    assert budget([np.inf, 3, 2, 1, 1], 3) == 2.0
    assert budget([np.inf, 3, 2, 1, 1], 5) == 2.0


def test_beyond_the_curve_there_is_no_budget_and_below_it_the_first():
    assert budget([5, 4, 3, 2, 1], 0.5) == np.inf
    assert budget([5, 4, 3, 2, 1], 9) == 1.0


@given(st.lists(st.integers(0, 20), min_size=2, max_size=8), st.integers(0, 20))
def test_a_budget_lies_between_the_points_that_hold_the_wanted(drops, wanted):
    curve = 100.0 - np.cumsum(drops)
    times = 2.0 ** np.arange(len(curve))
    found = budget(curve, curve[-1] + wanted, times)
    there = times[curve <= curve[-1] + wanted][0]
    assert found <= there * (1 + 1e-12)
    before = times[times < there]
    assert not len(before) or found >= before[-1]


def test_runs_are_read_as_steps():
    runs = [(np.array([1.0, 3.0]), np.array([5.0, 2.0])), (np.empty(0), np.empty(0))]
    found = values_at(runs, np.array([0.5, 1.0, 2.9, 3.0]))
    np.testing.assert_array_equal(found[0], [np.inf, 5, 5, 2])
    assert np.isinf(found[1]).all()


def points(values, scale=1.0):
    return [[float(scale * t), 0, float(cost)] for t, cost in zip(BUDGETS, values, strict=True)]


COSTS = [6.0, 5.0, 4.0, 3.0, 2.0]


def made(curves, seeds=1, cases="x", **facts):
    """A board of curves[solver]: (costs, factor on all times); `base` is the baseline."""
    rows = [
        run(
            label,
            case,
            seed,
            None if costs is None else costs[-1],
            "ok" if costs is not None else "crashed",
            trace=[] if costs is None else points(costs, scale),
            seconds=16.0 * scale,
            role="baseline" if label == "base" else "paper",
            optimum=1.0,
        )
        for label, (costs, scale) in curves.items()
        for case in cases
        for seed in range(seeds)
    ]
    return board(rows, **facts)


def row(finding, label="a"):
    (found,) = (each for each in finding.rows if each["label"] == label)
    return found


@pytest.mark.parametrize("factor", [1.0, 5.0, 0.25])
def test_a_solver_that_is_so_much_faster_gains_so_much(factor):
    found = row(
        ComputeEquivalentGain().compute(
            made({"base": (COSTS, 1.0), "a": (COSTS, 1 / factor)}, 3, "xyz")
        )
    )
    assert found["gain"] == pytest.approx(factor)
    assert found["gain_low"] == pytest.approx(factor)
    assert found["beyond"] == 0


def test_where_the_baseline_never_gets_there_is_only_a_bound():
    finding = ComputeEquivalentGain().compute(
        made({"base": (COSTS, 1.0), "a": ([3, 3, 2, 1.5, 1.5], 1.0)})
    )
    found = row(finding)
    assert (found["gain"], found["beyond"]) == (np.inf, 1.0)
    assert found["least"] == pytest.approx(2.0)  # the baseline ran to 16, the solver needed 8
    assert "never gets to" in finding.summary


def test_a_solver_that_fails_gains_nothing_and_a_baseline_that_fails_is_no_measure():
    found = row(ComputeEquivalentGain().compute(made({"base": (COSTS, 1.0), "a": (None, 1.0)})))
    assert (found["gain"], found["lost"]) == (0.0, 1.0)


def test_a_slower_machine_changes_nothing():
    curves = {"base": (COSTS, 1.0), "a": ([5.5, 4.5, 3.5, 2.5, 2.2], 0.7)}
    slower = {label: (costs, 9 * scale) for label, (costs, scale) in curves.items()}
    one, two = (row(ComputeEquivalentGain().compute(made(each, 2))) for each in (curves, slower))
    assert one["gain"] == pytest.approx(two["gain"])


def test_the_interval_tells_of_seeds_that_differ():
    rows = [run("base", "x", s, 2.0, trace=points(COSTS), optimum=1.0) for s in range(5)]
    rows += [
        run(label, "x", s, 2.0, role="paper", trace=points(COSTS, 0.5 + 0.3 * s), optimum=1.0)
        for s in range(5)
        for label in "abcdef"
    ]
    finding = ComputeEquivalentGain().compute(board(rows))
    assert [each["gain"] for each in finding.rows] == pytest.approx([1 / 1.1] * 6)
    found = row(finding)
    assert 1 / 1.7 - 1e-9 <= found["gain_low"] < found["gain"] < found["gain_high"] <= 2 + 1e-9


def test_costs_that_rise_again_are_made_to_fall():
    finding = ComputeEquivalentGain().compute(
        made({"base": ([6, 5, 5.5, 3, 2], 1.0), "a": ([6, 5, 4, 3, 2], 1.0)})
    )
    assert row(finding)["gain"] == pytest.approx(1.0)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(ComputeEquivalentGain(), name, rules)
