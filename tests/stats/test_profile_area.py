"""MLGym's area: known answers, its rule for failures, and what its reach does."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench_statistics.profile_area import ProfileArea, gains, ratios, reach
from harness.findings import NotApplicable

from .boards import board, run, table
from .odd_boards import ODD, RULES, found_on

INF = math.inf
# Tasks 1 and 3 are to be maximised: their ratios are those of the reciprocals.
COSTS = np.array(
    [
        [1 / 0.5, 10, 1 / 1],
        [1 / 0.8, 5, 1 / 2],
        [1 / 0.4, 4, INF],
        [1 / 0.6, 12, 1 / 4],
    ]
)


def test_known_ratios_and_areas():
    ratio = ratios(COSTS, baseline=0)
    expected = [[1.6, 2.5, 4], [1, 1.25, 2], [1.68, 1, 4.2], [4 / 3, 2.625, 1]]
    np.testing.assert_allclose(ratio, expected)
    assert reach(4.0) == pytest.approx(0.7)
    areas = gains(ratio, 0.7).mean(axis=1)
    np.testing.assert_allclose(areas, [0.298627, 0.567353, 0.417147, 0.518644], atol=1e-6)
    assert (ratio <= 1).mean(axis=1) == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3])
    assert (ratio <= 2).mean(axis=1) == pytest.approx([1 / 3, 1, 2 / 3, 2 / 3])
    lost = gains(ratios(COSTS, baseline=0, lost=True), 0.7).mean(axis=1)
    np.testing.assert_allclose(lost, [0.298627, 0.567353, 0.233333, 0.425020], atol=1e-6)


@pytest.mark.parametrize(("worst", "expected"), [(1, 0.4), (4, 0.7), (25.5, 1.5), (95, 2.0)])
def test_the_reach_is_rounded_up_twice(worst, expected):
    assert reach(worst) == pytest.approx(expected)


def test_the_closed_form_is_the_sum_over_500_points():
    ratio = ratios(COSTS, baseline=0)
    grid = np.linspace(0, 0.7, 500)
    profile = (np.log10(ratio)[:, :, None] <= grid).mean(axis=1)
    left = profile[:, :-1].sum(axis=1) * (grid[1] - grid[0])
    difference = gains(ratio, 0.7).mean(axis=1) - left
    assert ((difference >= -1e-9) & (difference < 0.002)).all()


def test_where_nobody_is_feasible_nobody_gains():
    assert (gains(ratios(np.array([[INF], [INF]])), 1.0) == 0).all()
    alone = ratios(np.array([[3.0], [INF]]), baseline=1)
    np.testing.assert_array_equal(alone, [[1.0], [1.05]], "a baseline that failed bars nobody")


costs = arrays(float, (3, 4), elements=st.sampled_from([1.0, 1.2, 2.0, 5.0, INF]))


@given(costs, st.sampled_from([0.5, 4.0]))
def test_symmetries(table_, factor):
    base = gains(ratios(table_), 1.0)
    assert ((base >= 0) & (base <= 1.0)).all()
    scaled = table_ * np.array([1, factor, 1, 1])
    np.testing.assert_allclose(gains(ratios(scaled), 1.0), base, atol=1e-12)
    np.testing.assert_allclose(gains(ratios(table_[::-1]), 1.0)[::-1], base)
    assert (gains(ratios(table_, lost=True), 1.0) <= base).all()


def rows_of(made):
    return {row["label"]: row for row in ProfileArea().compute(made).rows}


def known(role="baseline"):
    """The known table as a board; the last of two runs is the better."""
    rows = []
    for label, costs_ in zip("oabc", COSTS, strict=True):
        for case, cost in zip("xyz", costs_, strict=True):
            facts = {"role": role if label == "o" else "paper"}
            if math.isinf(cost):
                rows.append(run(label, case, 0, None, "crashed", **facts))
                rows.append(run(label, case, 1, None, "crashed", **facts))
            else:
                rows.append(run(label, case, 0, cost * 1.3, **facts))
                rows.append(run(label, case, 1, cost, **facts))
    return rows


def test_a_board_gives_the_known_areas():
    finding = ProfileArea().compute(board(known()))
    found = {row["label"]: row for row in finding.rows}
    areas = {"o": 0.298627, "a": 0.567353, "b": 0.417147, "c": 0.518644}
    hard = {"o": 0.298627, "a": 0.567353, "b": 0.233333, "c": 0.425020}
    for label in "oabc":
        assert found[label]["area"] == pytest.approx(areas[label] / 0.7, abs=2e-6)
        assert found[label]["hard"] == pytest.approx(hard[label] / 0.7, abs=2e-6)
    assert found["b"]["infeasible"] == pytest.approx(2 / 3)
    assert [row["label"] for row in finding.rows] == ["a", "c", "b", "o"]
    assert any("0.7" in note for note in finding.notes)
    assert found["a"]["behind"] == 0.0


def test_without_a_baseline_every_answer_is_feasible():
    found = rows_of(board(known(role="paper")))
    assert found["b"]["infeasible"] == pytest.approx(1 / 3)
    assert found["c"]["infeasible"] == 0


def test_a_failure_can_earn_more_than_an_honest_answer():
    """On an easy case, 1.05 times the worst is nearly nothing."""
    rows = [run("base", case, 0, 1.1) for case in "xy"]
    rows += [run("fine", "x", 0, 1.0, role="paper"), run("fine", "y", 0, 1.0, role="paper")]
    rows += [run("lost", case, 0, None, "crashed", role="paper") for case in "xy"]
    found = rows_of(board(rows))
    assert found["lost"]["area"] > 0.8
    assert found["lost"]["hard"] == 0.0


def test_the_best_answer_ever_held_is_the_other_view():
    rows = [run("a", "x", 0, 2.0, trace=[[0.1, 0, 1.0], [1.0, 0, 2.0]]), run("b", "x", 0, 1.5)]
    rows = [{**row, "optimum": 1.0} for row in rows]
    found = rows_of(board(rows))
    assert found["a"]["any"] > found["a"]["area"]
    assert found["a"]["any"] == pytest.approx(1.0)


def test_numbers_of_runs_that_differ_are_said():
    rows = [run("a", "x", seed, 1.0) for seed in range(3)] + [run("b", "x", 0, 1.0)]
    assert any("1 to 3 runs" in note for note in ProfileArea().compute(board(rows)).notes)


def test_scaling_the_costs_of_a_case_changes_nothing():
    one = table({"a": {"x": 1.0, "y": 3.0}, "b": {"x": 2.0, "y": 2.0}})
    other = table({"a": {"x": 8.0, "y": 3.0}, "b": {"x": 16.0, "y": 2.0}})
    found = rows_of(other)
    for label, row in rows_of(one).items():
        assert found[label] == pytest.approx(row)


def test_the_interval_of_the_difference_is_paired():
    """b is by one factor behind a, the first, on every case, though that of a varies itself."""
    costs_ = {case: 1.0 + i for i, case in enumerate("uvwxyz")}
    rival = {case: (0.9 if case in "uv" else 1.5) * cost for case, cost in costs_.items()}
    behind = {case: 1.2 * cost for case, cost in costs_.items()}
    made = table({"a": costs_, "b": behind, "c": rival}, role="paper")
    found = rows_of(made)
    row = found["b"]
    assert found["a"]["behind"] == 0.0
    assert found["a"]["low"] < found["a"]["high"]
    assert row["behind"] < 0
    assert row["behind_low"] == pytest.approx(row["behind"])
    assert row["behind_high"] == pytest.approx(row["behind"])


@pytest.mark.parametrize(
    ("facts", "why"), [({"compare": "difference"}, "ratios"), ({"rank_by": "time"}, "times")]
)
def test_where_it_says_nothing(facts, why):
    with pytest.raises(NotApplicable, match=why):
        ProfileArea().compute(board([run("a", "x", 0, 1.0), run("b", "x", 0, 1.0)], **facts))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(ProfileArea(), name, rules)
