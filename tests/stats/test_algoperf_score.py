"""The AlgoPerf score: known answers, the official integral, and who takes part."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench_statistics.algoperf_score import AlgoperfScore, gains, without_each
from harness.findings import NotApplicable

from .boards import board, run, table, timing
from .odd_boards import ODD, RULES, found_on

INF = math.inf
TIMES = np.array([[10, 20, INF, 40], [20, 10, 30, 35], [45, 12, 90, INF]], float)


def scores(times):
    return gains(np.array(times, float)).mean(axis=1)


def trapezoid(times, points):
    """As the official code does it: the profile at equally spaced factors from 1 to 4."""
    ratio = times / times.min(axis=0)
    grid = np.linspace(1, 4, points)
    profile = (ratio[:, :, None] <= grid).mean(axis=1)
    return np.trapezoid(profile, grid) / 3


def test_known_scores():
    np.testing.assert_allclose(scores(TIMES), [0.6547619, 0.9166667, 0.3166667], atol=1e-7)
    np.testing.assert_allclose(trapezoid(TIMES, 100), [0.6565657, 0.9179293, 0.3181818], atol=1e-7)


def test_the_closed_form_is_the_limit_of_the_official_sum():
    assert np.abs(scores(TIMES) - trapezoid(TIMES, 100)).max() < 2e-3
    assert np.abs(scores(TIMES) - trapezoid(TIMES, 100_001)).max() < 2e-5


def test_scores_depend_on_who_takes_part():
    absent = without_each(TIMES)
    np.testing.assert_allclose(absent[1, [0, 2]], [0.6944444, 0.5], atol=1e-7)
    assert np.isnan(np.diag(absent)).all()
    for gone in range(3):
        rest = np.delete(np.arange(3), gone)
        np.testing.assert_allclose(absent[gone, rest], scores(TIMES[rest]))


@pytest.mark.parametrize(("ratio", "score"), [(1.0, 1.0), (2.5, 0.5), (4.0, 0.0), (9.0, 0.0)])
def test_the_same_ratio_everywhere(ratio, score):
    assert scores([[1, 2, 3], [ratio, 2 * ratio, 3 * ratio]])[1] == pytest.approx(score)


def test_a_case_that_nobody_solves_gives_nothing_to_all():
    np.testing.assert_array_equal(scores([[1, INF], [2, INF]]), [0.5, 1 / 3])


def test_times_of_zero_are_times_of_the_clocks_tick():
    np.testing.assert_array_equal(scores([[0, 1], [1, 1]]), [1, 0.5])
    np.testing.assert_array_equal(scores([[0], [0]]), [1, 1])


times = arrays(float, (3, 4), elements=st.sampled_from([1.0, 1.5, 2.0, 7.0, INF]))


@given(times, st.floats(0.01, 100))
def test_symmetries(table, factor):
    base = scores(table)
    assert ((base >= 0) & (base <= 1)).all()
    np.testing.assert_allclose(scores(table * factor), base, atol=1e-9)
    np.testing.assert_allclose(scores(table[::-1])[::-1], base)
    np.testing.assert_allclose(scores(table[:, ::-1]), base)
    absent = without_each(table)
    assert (absent >= base - 1e-12)[~np.isnan(absent)].all(), "a rival's leaving never hurts"


def made(times, factor=1.0):
    """A board of times[solver][case] = seconds of each seed until the target; None: never."""
    rows = []
    for label, cases in times.items():
        for case, seeds in cases.items():
            for seed, seconds in enumerate(seeds):
                cost = 1.5 if seconds is None else 1.0
                facts = {"seconds": 9.0 * factor}
                at = 9.0 if seconds is None else seconds
                facts["trace"] = [[0.01 * factor, 0, 1.9], [at * factor, 0, cost]]
                rows.append(run(label, case, seed, cost, **facts))
    return board(rows)


BOARD = {
    "a": {"w": [1, 1, 1], "x": [2, 2, 2], "y": [None, None, None], "z": [4, 4, 4]},
    "b": {"w": [2, 2, 2], "x": [1, 1, 1], "y": [3, 3, 3], "z": [3.5, 3.5, 3.5]},
    "c": {"w": [4.5, 4.5, 4.5], "x": [1.2, 1.2, 1.2], "y": [9, 9, 9], "z": [None, None, 1]},
}


def rows_of(board_):
    return {row["label"]: row for row in AlgoperfScore().compute(board_).rows}


def column(finding, target):
    return next(one.name for one in finding.columns if one.title == f"Score, {target}")


def test_a_board_gives_the_known_scores():
    finding = AlgoperfScore().compute(made(BOARD))
    key = column(finding, "1 %")
    found = {row["label"]: row for row in finding.rows}
    assert [row["label"] for row in finding.rows] == ["b", "a", "c"]
    for label, score in (("a", 0.6547619), ("b", 0.9166667), ("c", 0.3166667)):
        assert found[label][key] == pytest.approx(score, abs=1e-7)
    assert found["c"]["without"] == pytest.approx(0.5)
    assert found["c"]["rival"] == "b"
    assert sum(row["first"] for row in found.values()) == pytest.approx(1)
    assert {"10 %", "1 %", "0.1 %", "best known"} == set(finding.plots[0].columns["view"])


def test_the_median_seed_counts_and_half_missed_is_missed():
    lucky = {"a": {"x": [1, None, None], "y": [1]}, "b": {"x": [2, 3, None], "y": [1]}}
    found = rows_of(made(lucky))
    assert found["a"]["reached"] == 0.5
    assert found["b"]["reached"] == 1.0
    even = rows_of(made({"a": {"x": [1, None]}, "b": {"x": [2, 2]}}))
    assert even["a"]["reached"] == 0.0


def test_scaling_all_times_changes_nothing():
    slow, fast = rows_of(made(BOARD, 1.0)), rows_of(made(BOARD, 0.125))
    for label, row in slow.items():
        assert fast[label] == pytest.approx(row)


def test_the_order_of_seeds_and_of_solvers_changes_nothing():
    turned = {label: {case: BOARD[label][case][::-1] for case in BOARD[label]} for label in "cab"}
    base, other = rows_of(made(BOARD)), rows_of(made(turned))
    for label, row in base.items():
        assert other[label] == pytest.approx(row)


def test_a_failed_run_reaches_nothing_and_a_case_that_nobody_solves_is_said():
    rows = [run(name, case, 0, 1.0, seconds=s) for name, s in (("a", 1), ("b", 2)) for case in "xy"]
    rows += [run("a", "z", 0, 1.0, "timeout"), run("b", "z", 0, None, "crashed")]
    finding = AlgoperfScore().compute(board(rows))
    assert finding.rows[0][column(finding, "1 %")] == pytest.approx(2 / 3)
    assert any("nobody got there" in note for note in finding.notes)


def test_boards_by_time_take_the_times_of_a_solve():
    rows = [run(name, case, 0, 1.0) for name in "ab" for case in "xy"]
    rows += [timing("a", case, [2.5, 2.5]) for case in "xy"]
    rows += [timing("b", case, [1.0, 1.0]) for case in "xy"]
    finding = AlgoperfScore().compute(board(rows, rank_by="time"))
    assert [row["score0"] for row in finding.rows] == [1.0, 0.5]


def test_cases_that_one_did_not_try_are_left_out_and_said():
    tried = {"a": "xyz", "b": "xyz", "c": "xy", "d": "x"}
    costs = {label: dict.fromkeys(cases, 1.0) for label, cases in tried.items()}
    finding = AlgoperfScore().compute(table(costs))
    assert "d" not in {row["label"] for row in finding.rows}
    assert any(": d." in note for note in finding.notes)
    assert any("1 of 3 cases are left out" in note for note in finding.notes)


def test_nothing_to_compare_with():
    with pytest.raises(NotApplicable, match="one solver"):
        AlgoperfScore().compute(table({"a": {"x": 1.0}}))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(AlgoperfScore(), name, rules)
