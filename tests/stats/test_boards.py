"""The board: what statistics get, against examples worked by hand."""

import numpy as np
import pytest

from harness.items import pack
from harness.statistics.board import TARGETS

from .boards import board, run, table, timing
from .odd_boards import ODD, RULES

INF, NAN = np.inf, np.nan


def shown(cells):
    return [[cell.tolist() for cell in row] for row in cells]


def place(made, label, case="x"):
    return made.labels.index(label), made.cases.index(case)


def test_failures_are_infinite_and_what_was_not_tried_is_absent():
    made = table({"a": {"x": 1.0, "y": 2.0}, "b": {"x": 2.0, "y": None}, "c": {"x": 4.0}}, seeds=2)
    assert made.shape == (3, 2)
    assert tuple(made) == made.labels
    a, b, c = (made.labels.index(label) for label in "abc")
    np.testing.assert_array_equal(made.cost_table[[a, b, c]], [[0, 0], [1, INF], [3, NAN]])
    np.testing.assert_array_equal(made.case_ranks[[a, b, c]], [[1, 1], [2, 2], [3, NAN]])
    np.testing.assert_array_equal(made.failed[[a, b, c]], [[0, 0], [0, 1], [0, NAN]])
    assert shown(made.above)[c] == [[3, 3], []]


def test_runs_stand_in_the_order_of_their_seeds():
    made = board([run("a", "x", seed, cost) for seed, cost in ((2, 3.0), (0, 1.0), (1, 2.0))])
    assert shown(made.above) == [[[0, 1, 2]]]
    assert [curve.seed for curve in made.curves("a", "x")] == [0, 1, 2]


def test_means_are_of_logarithms_of_ratios_or_of_differences():
    rows = [run("a", "x", 0, 2.0), run("a", "x", 1, 8.0), run("b", "x", 0, 1.0)]
    ratio, difference = board(rows), board(rows, "difference")
    assert ratio.cost_table[place(ratio, "a")] == pytest.approx(3)  # sqrt(2 * 8) - 1
    assert difference.cost_table[place(difference, "a")] == 4  # (1 + 7) / 2


def test_one_failure_makes_a_mean_infinite_and_only_then():
    rows = [run("a", "x", 0, 1.0), run("a", "x", 1, None, "crashed"), run("b", "x", 0, 9.0)]
    made = board(rows)
    assert made.cost_table[place(made, "a")] == INF
    assert made.failed[place(made, "a")] == 0.5
    assert made.case_ranks[place(made, "b")] == 1  # fewer failures come before lower costs


def test_ranks_average_ties_and_do_not_see_rounding():
    made = table({"a": {"x": 1.0}, "b": {"x": 2.0}, "c": {"x": 2.0 + 1e-14}, "d": {"x": 5.0}})
    found = [made.case_ranks[place(made, label)] for label in "abcd"]
    assert found == [1, 2.5, 2.5, 4]


def test_where_time_ranks_so_do_the_ranks_of_cases():
    rows = [run(label, "x", 0, cost) for label, cost in zip("abc", (1.0, 1.0, None), strict=True)]
    rows[2]["status"] = "timeout"
    rows += [timing("a", "x", [3.0]), timing("b", "x", [2.0])]
    made = board(rows, rank_by="time")
    assert [made.case_ranks[place(made, label)] for label in "abc"] == [2, 1, 3]


@pytest.mark.parametrize("compare", ["ratio", "difference"])
def test_a_reference_of_zero(compare):
    made = board(
        [run("a", "x", 0, 0.0), run("b", "x", 0, 3.0), run("c", "x", 0, None, "raised")], compare
    )
    assert made.cost_table[place(made, "a")] == 0
    assert made.cost_table[place(made, "b")] == (INF if compare == "ratio" else 3)
    assert [made.failed[place(made, label)] for label in "abc"] == [0, 0, 1]
    assert [made.case_ranks[place(made, label)] for label in "abc"] == [1, 2, 3]
    assert made.time_to("a", "x", made.targets("x")["best known"])[1].tolist() == [True]
    assert made.time_to("b", "x", made.targets("x")["best known"])[1].tolist() == [False]


def test_an_infinite_ratio_is_no_failure_but_spoils_the_mean():
    rows = [run("a", "x", 0, 0.0), run("b", "x", 0, 0.0), run("b", "x", 1, 1.0)]
    rows += [run("a", "x", 1, 0.0), timing("b", "x", [2.0])]
    made = board(rows)
    assert made.failed[place(made, "b")] == 0
    assert made.case_ranks[place(made, "b")] == 2
    assert made.times[place(made, "b")] == 2


def test_negative_costs_can_not_be_compared_as_ratios():
    rows = [run("a", "x", 0, -10.0), run("b", "x", 0, -5.0)]
    made = board(rows)
    assert not made.time_to("b", "x", 0.1)[1].any()  # -5 / -10 is below 1, and worse
    assert board(rows, "difference").time_to("b", "x", 5.0)[1].all()


def test_an_optimum_is_the_reference_where_it_is_known():
    made = board([run("a", "x", 0, 3.0, optimum=2.0)])
    assert shown(made.above) == [[[0.5]]]


def test_times_are_medians_of_processes():
    rows = [run("a", "x", 0, 1.0), timing("a", "x", [9.0, 1.0, 2.0, 3.0, 7.0, 5.0])]
    rows[1]["processes"] = 2
    made = board(rows)
    assert shown(made.time_values) == [[[2, 5]]]
    assert made.times.tolist() == [[3.5]]


@pytest.mark.parametrize("processes", [None, 0, 4])
def test_older_timings_do_not_tell_their_processes(processes):
    rows = [run("a", "x", 0, 1.0), timing("a", "x", [9.0, 1.0, 2.0]) | {"processes": processes}]
    assert shown(board(rows).time_values) == [[[9, 1, 2]]]


def test_a_timing_that_failed_is_infinite_and_one_that_was_not_taken_is_absent():
    rows = [run(label, "x", 0, 1.0) for label in "abcd"]
    rows += [run("e", "x", 0, None, "crashed")]
    rows += [timing("a", "x", [1.0]), timing("b", "x", [], "timeout")]
    rows += [timing("c", "x", [], "skipped")]
    made = board(rows)
    found = [made.times[place(made, label)] for label in "abcde"]
    np.testing.assert_array_equal(found, [1, INF, NAN, NAN, INF])
    nothing = board([run("e", "x", 0, None, "crashed")])
    assert np.isnan(nothing.times).all()


def test_a_skipped_timing_of_a_solver_that_failed_throughout_is_infinite():
    rows = [run("a", "x", s, None, "timeout") for s in range(2)] + [timing("a", "x", [], "skipped")]
    assert board(rows).times.tolist() == [[INF]]


def test_what_could_not_be_run_neither_won_nor_lost():
    rows = [run(label, "x", 0, cost) for label, cost in (("a", 1.0), ("b", 2.0))]
    rows += [run("c", "x", 0, None, "skipped"), timing("c", "x", [], "skipped")]
    rows += [run("b", "y", 0, None, "skipped"), run("a", "y", 0, 1.0)]
    made = board(rows)
    assert made.labels == tuple(made.table["label"]) == ("a", "b")
    assert made.failed.tolist() == [[0.0, 0.0], [0.0, pytest.approx(NAN, nan_ok=True)]]
    assert made.timings.empty


def test_targets_are_shares_of_the_reference():
    assert table({"a": {"x": 5.0}}).targets("x") == {**TARGETS, "best known": 1e-9}
    assert table({"a": {"x": 5.0}}).targets("none") == {**TARGETS, "best known": 1e-9}


def test_targets_of_differences_are_shares_of_the_first_answers():
    rows = [
        run("a", "x", 0, 0.0, trace=[[1, 0, 40.0], [2, 0, 0.0]]),
        run("b", "x", 0, 2.0, trace=[[1, 0, 10.0], [2, 0, 2.0]]),
        run("c", "x", 0, 20.0, trace=[[1, 0, 20.0]]),
        run("d", "x", 0, None, "crashed", trace=[]),
        run("d", "y", 0, None, "crashed", trace=[]),
    ]
    made = board(rows, "difference")
    assert made.unit("x") == 20
    assert made.targets("x")["10 %"] == pytest.approx(2)
    assert made.time_to("b", "x", made.targets("x")["10 %"])[0].tolist() == [2]
    assert made.unit("y") == 1


def test_when_a_target_was_first_reached():
    trace = [[0.5, 3, 9.0], [1.0, 5, 1.05], [2.0, 7, 4.0], [3.0, 8, 1.0]]
    rows = [
        run("a", "x", 0, 1.0, trace=trace, seconds=4.0, calls=9),
        run("a", "x", 1, 9.0, trace=trace[:1], seconds=6.0, calls=20),
        run("a", "x", 2, None, "timeout", trace=trace, seconds=60.0, calls=99),
        run("a", "x", 3, None, "invalid", trace=[], seconds=None, wall=2.5, calls=None),
    ]
    made = board(rows)
    for target, first in ((0.1, 1.0), (0.0, 3.0), (8.0, 0.5)):
        lengths, reached = made.time_to("a", "x", target)
        second = 0.5 if target == 8.0 else 6.0
        np.testing.assert_array_equal(lengths, [first, second, 60, 2.5])
        assert reached.tolist() == [True, target == 8.0, False, False]
    calls, _ = made.time_to("a", "x", 0.1, calls=True)
    np.testing.assert_array_equal(calls, [5, 20, 99, NAN])
    assert [len(each) for each in made.time_to("nobody", "x", 0.1)] == [0, 0]


def test_where_the_best_answer_counts_a_curve_only_falls():
    rows = [run("a", "x", 0, 1.0, trace=[[1, 0, 2.0], [2, 0, 5.0], [3, 0, 1.0], [4, 0, 3.0]])]
    rows += [run("a", "x", 1, 4.0, trace=[[1, 0, 6.0], [2, 0, 4.0]])]
    last, best = board(rows), board(rows, counts="best")
    assert last.curves("a", "x")[0].above.tolist() == [1, 4, 0, 2]
    assert [curve.above.tolist() for curve in best.curves("a", "x")] == [[1, 1, 0, 0], [5, 3]]


def test_what_a_curve_tells_of_its_run():
    rows = [
        run("a", "x", 0, 1.0, seconds=3.0, calls=4),
        run("a", "x", 1, 1.0, why="target"),
        run("a", "x", 2, 1.0, why="seconds"),
        run("a", "x", 3, None, "memory", seconds=None, wall=7.0),
        run("a", "x", 4, None, "crashed", why="crashed", seconds=None, wall=None),
    ]
    curves = board(rows).curves("a", "x")
    assert [curve.censored for curve in curves] == [False, False, True, True, True]
    assert [curve.failed for curve in curves] == [False, False, False, True, True]
    np.testing.assert_array_equal([curve.end for curve in curves], [3, 1, 1, 7, NAN])
    assert curves[0].calls_end == 4
    assert np.isnan(curves[1].calls_end)


def test_runs_in_flat_arrays_are_the_curves():
    random = np.random.default_rng(8)
    rows = []
    for label in "abc":
        for case in "xyz"[: random.integers(1, 4)]:
            for seed in random.permutation(random.integers(1, 4)).tolist():
                points = int(random.integers(0, 5))
                trace = [[t + 1, 2 * t, float(random.integers(1, 9))] for t in range(points)]
                cost = trace[-1][2] if trace else None
                status = "ok" if trace and random.random() < 0.8 else "crashed"
                rows.append(run(label, case, seed, cost, status, trace=trace, seconds=9.0))
    made = board(rows)
    runs = made.runs
    for target in (0.0, 0.5, 3.0):
        spread = runs.spread(runs.first_within(np.full(len(made.cases), target)))
        for i, label in enumerate(made.labels):
            for j, case in enumerate(made.cases):
                lengths, reached = made.time_to(label, case, target)
                expected = np.where(reached, lengths, INF)
                np.testing.assert_array_equal(spread[i, j][: len(lengths)], expected)
                assert np.isnan(spread[i, j][len(lengths) :]).all()
                curves = made.curves(label, case)
                at = runs.spread(runs.value_at(2.5))[i, j][: len(curves)]
                for value, curve in zip(at, curves, strict=True):
                    known = curve.above[curve.seconds <= 2.5]
                    assert value == (known[-1] if len(known) and not curve.failed else INF)


def test_points_are_read_only():
    (curve,) = table({"a": {"x": 1.0}}).curves("a", "x")
    with pytest.raises(ValueError, match="read-only"):
        curve.above[0] = 0.0


def test_the_reference_solver_is_the_baseline_that_solved_most():
    rows = [run("best", case, 0, 1.0, role="paper") for case in "xy"]
    rows += [run("a", "x", 0, 2.0), run("a", "y", 0, None, "crashed")]
    rows += [run(label, case, 0, 3.0) for label in "cb" for case in "xy"]
    assert board(rows).canonical == "b"
    assert board(rows[:2]).canonical == ""


def test_sizes_and_items_of_a_case():
    rows = [run("a", "x", 0, 1.0, sizes={"n": 7}, items=pack([True, False]))]
    rows += [run("a", "x", 1, None, "crashed", sizes={"n": 7}), run("a", "y", 0, 1.0)]
    made = board(rows)
    assert made.sizes("x") == {"n": 7}
    assert made.sizes("nowhere") == {}
    assert [right.tolist() for right in made.items("a", "x")] == [[True, False], [False, False]]
    assert [right.tolist() for right in made.items("a", "y")] == [[]]


def test_the_same_statistic_draws_the_same_on_the_same_board():
    made = table({"a": {"x": 1.0}})
    assert made.rng("one").integers(1 << 40) == made.rng("one").integers(1 << 40)
    assert made.rng("one").integers(1 << 40) != made.rng("two").integers(1 << 40)


def test_the_order_of_records_changes_nothing():
    costs = {"a": {"x": 1.0, "y": 4.0}, "b": {"x": 2.0, "y": None}, "c": {"x": 3.0, "y": 3.0}}
    rows = [
        run(label, case, seed, cost and cost + seed, "ok" if cost else "raised")
        for label, mine in costs.items()
        for case, cost in mine.items()
        for seed in range(2)
    ]
    one, two = board(rows), board(rows[::-1])
    assert one.labels == two.labels
    columns = [two.cases.index(case) for case in one.cases]
    np.testing.assert_array_equal(one.cost_table, two.cost_table[:, columns])
    np.testing.assert_array_equal(one.case_ranks, two.case_ranks[:, columns])


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    made = board(ODD[name], **RULES[rules])
    for found in (made.failed, made.cost_table, made.case_ranks, made.times):
        assert found.shape == made.shape
    assert made.canonical in ("", *made.labels)
    for case in made.cases:
        assert all(target > 0 for target in made.targets(case).values())


@pytest.mark.parametrize("name", ["cost_table", "case_ranks", "failed", "times"])
def test_what_statistics_share_none_can_change(name):
    made = table({"a": {"x": 1.0, "y": 2.0}, "b": {"x": 2.0, "y": 3.0}})
    with pytest.raises(ValueError, match="read-only"):
        getattr(made, name)[0, 0] = 9.0
    with pytest.raises(ValueError, match="read-only"):
        made.above[0][0][:] = 9.0
