"""Performance profiles, against tables worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harness.findings import NotApplicable
from harness.statistics import performance_profile as pp
from harness.statistics.performance_profile import PerformanceProfile

from .boards import board, run, timing
from .odd_boards import ODD, RULES, check, found_on

INF = np.inf
TIMES = np.array([[1, 2, 3, 5], [2, 1, 6, INF], [4, INF, 3, 10]], float)
RATIOS = np.array([[1, 2, 1, 1], [2, 1, 2, INF], [4, INF, 1, 2]], float)


def timed(times, labels="abcdefgh"):
    """A board ranked by time, of times[solver][case]; infinite is a failure."""
    rows = []
    for label, row in zip(labels, times, strict=False):
        for case, value in zip("pqrstuvw", row, strict=False):
            good = np.isfinite(value)
            rows.append(run(label, case, 0, 1.0 if good else None, "ok" if good else "timeout"))
            rows.append(
                timing(label, case, [value]) if good else timing(label, case, [], "skipped")
            )
    return board(rows, rank_by="time")


def traced(reached, end=50.0):
    """A board ranked by cost: reached[label][case] = seconds of each seed at which cost falls from
    2 to 1, which is the best known; None for a run that never gets there."""
    rows = []
    for label, cases in reached.items():
        for case, seeds in cases.items():
            for seed, moment in enumerate(seeds):
                trace = [[1e-3, 0, 2.0]] + ([[moment, 0, 1.0]] if moment is not None else [])
                facts = {"trace": trace, "seconds": end}
                rows.append(run(label, case, seed, trace[-1][2], **facts))
    return board(rows)


def row(finding, label):
    return next(row for row in finding.rows if row["label"] == label)


def curve(finding, label, view=None):
    columns = finding.plots[0].columns
    return {
        x: y
        for x, y, name, seen in zip(
            columns["x"],
            columns["y"],
            columns["label"],
            columns.get("view", [None] * len(columns["x"])),
            strict=True,
        )
        if name == label and seen == view
    }


def test_ratios_profiles_and_areas_of_a_table_worked_by_hand():
    np.testing.assert_array_equal(pp.ratios(TIMES), RATIOS)
    found = [pp.profile(each, np.array([1.0, 2.0, 4.0, 1e9])).tolist() for each in RATIOS]
    assert found == [[0.75, 1, 1, 1], [0.25, 0.75, 0.75, 0.75], [0.25, 0.5, 0.75, 0.75]]
    areas = pp.areas(RATIOS, np.log10(4)).mean(axis=1)
    np.testing.assert_allclose(areas, [0.526802, 0.301030, 0.225772], atol=5e-7)


def test_a_case_that_nobody_solves_stays_in():
    table = pp.ratios(np.array([[1.0, INF], [2.0, INF]]))
    np.testing.assert_array_equal(table, [[1, INF], [2, INF]])
    assert pp.profile(table[0], np.array([1e9])) == [0.5]


def test_bands_of_ten_ratios():
    times = np.array([[1, 1.5, 1, 3, INF, 1, 2.5, 1, 1.2, 8]])
    share = pp.profile(times[0], np.array([1.0, 2.0, 4.0]))
    assert share.tolist() == [0.4, 0.6, 0.8]
    ends = [(pp.wilson(k, 10).low, pp.wilson(k, 10).high) for k in (4, 6, 8)]
    expected = [(0.168, 0.687), (0.313, 0.832), (0.490, 0.943)]
    np.testing.assert_allclose(ends, expected, atol=5e-4)


@pytest.mark.parametrize(("cases", "band"), [(10, 0.429), (30, 0.248), (100, 0.136)])
def test_the_band_of_a_whole_curve(cases, band):
    assert pp.simultaneous(cases) == pytest.approx(band, abs=5e-4)


def test_the_order_of_two_hangs_on_a_third_but_that_of_the_pair_does_not():
    times = np.array([[1, 1, 1], [1, 3, 4], [3, 2, 2]], float)
    two = np.array([2.0])
    table = pp.ratios(times)
    assert pp.profile(table[2], two) > pp.profile(table[1], two)
    alone = pp.ratios(times[1:])
    assert pp.profile(alone[1], two) < pp.profile(alone[0], two)
    np.testing.assert_array_equal(pp.faster(times, 1.0)[1:, 1:], pp.faster(times[1:], 1.0))


def test_who_is_faster_than_whom():
    share = pp.faster(TIMES, 1.0)
    np.testing.assert_array_equal(share[0], [0.5, 3 / 4, (1 + 1 + 0.5 + 1) / 4])
    # Within noise, or lost by both, counts half.
    noisy = np.array([[1.0, 1.0, INF, 1.0], [1.05, 2.0, INF, INF]])
    assert pp.faster(noisy, 1.1)[0, 1] == (0.5 + 1 + 0.5 + 1) / 4


@given(
    arrays(
        float,
        st.tuples(st.integers(1, 5), st.integers(1, 6)),
        elements=st.sampled_from([0.5, 1.0, 1.05, 2.0, 7.0, INF]),
    ),
    st.sampled_from([1e-6, 1.0, 1e5]),
    st.randoms(use_true_random=False),
)
def test_units_and_order_change_nothing(times, unit, random):
    table = pp.ratios(times)
    np.testing.assert_allclose(pp.ratios(times * unit), table)
    order = list(range(len(times)))
    random.shuffle(order)
    np.testing.assert_array_equal(pp.ratios(times[order]), table[order])
    np.testing.assert_array_equal(pp.ratios(times[:, ::-1]), table[:, ::-1])
    pairs = pp.faster(times, 1.1)
    np.testing.assert_allclose(pairs + pairs.T, 1.0)
    np.testing.assert_array_equal(np.diag(pairs), 0.5)
    assert ((table >= 1) & (pp.areas(table) >= 0)).all()


def test_where_time_ranks_it_is_of_pyperfs_medians():
    finding = PerformanceProfile().compute(timed(TIMES))
    check(finding)
    assert [one["label"] for one in finding.rows] == ["a", "b", "c"]
    assert curve(finding, "b")[2.0] == 0.75
    assert curve(finding, "c")[1.0] == 0.25
    areas = [1 - np.log10(2) / 8, (1 + 2 * (1 - np.log10(2) / 2)) / 4]
    np.testing.assert_allclose([row(finding, x)["area"] for x in "ab"], areas)
    assert row(finding, "b")["solved"] == 0.75
    assert "view" not in finding.plots[0].columns


def test_where_cost_ranks_it_is_of_the_median_time_to_each_target():
    finding = PerformanceProfile().compute(
        traced(
            {
                "a": {"x": [1.0, 3.0, 2.0], "y": [1.0, None, None]},
                "b": {"x": [8.0, 8.0, None], "y": [5.0, 5.0, 5.0]},
            }
        )
    )
    check(finding)
    assert set(finding.plots[0].columns["view"]) == {"1 %", "10 %", "0.1 %", "best known"}
    assert curve(finding, "a", "1 %")[1.0] == 0.5  # two of three never reach it on y
    b = curve(finding, "b", "1 %")
    assert (b[1.0], b[4.0]) == (0.5, 1.0)
    assert row(finding, "a")["solved"] == 0.5
    assert row(finding, "b")["area"] == pytest.approx((1 + 1 - np.log10(4) / 2) / 2)


def test_half_of_the_seeds_that_never_reach_a_target_make_the_time_infinite():
    seeds = {"a": {"x": [1.0, None]}, "b": {"x": [9.0, 9.0]}}
    assert row(PerformanceProfile().compute(traced(seeds)), "a")["solved"] == 0


def test_a_quick_bad_answer_wins_nothing():
    finding = PerformanceProfile().compute(traced({"a": {"x": [1.0]}, "quick": {"x": [None]}}))
    assert row(finding, "quick")["area"] == 0
    assert finding.summary.startswith("To come within 1 %, a has")


def test_pairs_stand_in_a_matrix_for_each_target():
    plot = PerformanceProfile().compute(traced({"a": {"x": [1.0]}, "b": {"x": [2.0]}})).plots[1]
    cells = dict(
        zip(
            zip(*(plot.columns[k] for k in ("row", "column", "view")), strict=True),
            plot.columns["value"],
            strict=True,
        )
    )
    assert cells["a", "b", "1 %"] == 1.0
    assert cells["b", "a", "1 %"] == 0.0
    assert ("a", "a", "1 %") not in cells


def test_a_note_tells_who_beats_the_leader_alone():
    # c is a little faster than a on two of three cases, and far slower on the third.
    finding = PerformanceProfile().compute(timed([[2, 2, 1], [9, 9, 9], [1.5, 1.5, 90]]))
    assert finding.rows[0]["label"] == "a"
    assert any("against a alone, c is faster" in note for note in finding.notes)


def test_cases_not_tried_count_as_failed_and_rare_cases_are_left_out():
    rows = [timing(label, "x", [1.0]) for label in "abc"] + [
        timing(label, "y", [1.0]) for label in "ab"
    ]
    rows += [timing("a", "z", [1.0])]
    rows += [run(label, case, 0, 1.0) for label in "abc" for case in "xyz"]
    finding = PerformanceProfile().compute(board(rows, rank_by="time"))
    assert row(finding, "c")["solved"] == 0.5
    assert row(finding, "a")["solved"] == 1
    assert any("z" in note and "fewer than half" in note for note in finding.notes)
    assert any("c (1)" in note for note in finding.notes)


def test_nothing_timed_on_a_board_ranked_by_time():
    rows = [run(label, "x", 0, 1.0) for label in "ab"]
    with pytest.raises(NotApplicable, match="No two solvers"):
        PerformanceProfile().compute(board(rows, rank_by="time"))


def test_times_below_the_floor_are_equal():
    finding = PerformanceProfile().compute(timed([[0.0], [1e-10]]))
    assert [one["area"] for one in finding.rows] == [1.0, 1.0]


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(PerformanceProfile(), name, rules)
