"""The leaderboard: scores worked by hand, ranks, intervals, and what must not change them."""

import dataclasses
import math
from statistics import fmean

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

from harness.record import STATUSES, Record
from harness.statistics._ranking import Runs, Standing, _weights, expanded_tail, grouped, ranked
from harness.statistics.leaderboard import Rules, leaderboard
from harness.store import Results
from harness.tables import current, records

RATIO, DIFFERENCE = Rules(), Rules(compare="difference")
RULES = [RATIO, DIFFERENCE, Rules(rank_by="time"), Rules("difference", "time")]


def run(label, case, seed, cost, status="ok", **facts):
    """A traced run."""
    known = Record(
        kind="trace",
        problem="tour",
        solver=label.partition("[")[0],
        label=label,
        role="solver",
        parameters={},
        case=case,
        instance=f"d-{case}",
        sizes={},
        seed=seed,
        status=status,
        cost=cost,
        seconds=1.0,
        memory=100,
    )
    return {**dataclasses.asdict(known), "run": "r", **facts}


def timing(label, case, values, status="ok"):
    """A timing by pyperf."""
    middle = float(np.median(values)) if values else None
    facts = {"kind": "timing", "values": values, "seconds": middle}
    return run(label, case, None, None, status, **facts)


def frame_of(rows):
    return current(records(Results({"r": {"machine": "box"}}, list(rows))))


def board_of(rows, rules=RATIO, **options):
    """The board by label."""
    return leaderboard(frame_of(rows), "tour", rules, **options).set_index("label")


def random_rows(seed, solvers=4, cases=5, seeds=3, failing=0.1, timed=True, left_out=0.1):
    """Costs of solvers that differ little, some runs failed, some cases not run."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(solvers):
        for j in range(cases):
            if rng.random() < left_out:
                continue
            for s in range(seeds):
                cost = float(100 * (j + 1) * rng.lognormal(0.05 * i, 0.1))
                if rng.random() < failing:
                    rows.append(run(f"s{i}", f"c{j}", s, None, "crashed"))
                else:
                    rows.append(run(f"s{i}", f"c{j}", s, cost))
            if timed:
                values = rng.lognormal(i, 0.1, size=5).tolist()
                rows.append(timing(f"s{i}", f"c{j}", values))
    return rows


# --- by hand -----------------------------------------------------------------------------------

HAND = [
    *[run("a", "x", 0, 2.0), run("a", "x", 1, 4.0), run("a", "y", 0, 10.0), run("a", "y", 1, 10.0)],
    *[run("b", "x", 0, 4.0), run("b", "x", 1, 8.0), run("b", "y", 0, 20.0), run("b", "y", 1, 80.0)],
    *[run("c", "x", 0, 2.0), run("c", "x", 1, 2.0), run("c", "y", 0, 20.0), run("c", "y", 1, 5.0)],
]


def test_scores_of_ratios_by_hand():
    board = board_of(HAND)
    by_hand = {
        # The best known are 2 on x and 5 on y; a case counts by the mean over its seeds.
        "a": [[2 / 2, 4 / 2], [10 / 5, 10 / 5]],
        "b": [[4 / 2, 8 / 2], [20 / 5, 80 / 5]],
        "c": [[2 / 2, 2 / 2], [20 / 5, 5 / 5]],
    }
    for label, ratios in by_hand.items():
        score = math.exp(fmean(fmean(map(math.log, case)) for case in ratios))
        assert board.loc[label, "score"] == pytest.approx(score, rel=1e-12)
    assert board["rank"].to_dict() == {"c": 1, "a": 2, "b": 3}
    assert board.index.tolist() == ["c", "a", "b"]


def test_scores_of_differences_by_hand():
    board = board_of(HAND, DIFFERENCE)
    assert board["score"].to_dict() == {
        "a": pytest.approx(((0 + 2) / 2 + (5 + 5) / 2) / 2),
        "b": pytest.approx(((2 + 6) / 2 + (15 + 75) / 2) / 2),
        "c": pytest.approx(((0 + 0) / 2 + (15 + 0) / 2) / 2),
    }
    assert board["rank"].to_dict() == {"a": 1, "c": 2, "b": 3}


def test_a_case_counts_once_however_many_seeds_it_has():
    rows = [run("a", "x", 0, 1.0, optimum=1.0)]
    rows += [run("a", "y", seed, 4.0, optimum=1.0) for seed in range(9)]
    assert board_of(rows).loc["a", "score"] == pytest.approx(2.0)


def test_times_and_facts_by_hand():
    rows = [
        run("a[k=1]", "x", 0, 1.0, memory=100, role="peer"),
        run("a[k=1]", "x", 1, 1.0, "timeout", memory=300, role="peer"),
        run("a[k=1]", "y", 0, None, "memory", memory=200, role="peer"),
        run("a[k=1]", "z", 0, 1.0, memory=None, role="peer"),
        timing("a[k=1]", "x", [2.0]),
        timing("a[k=1]", "y", [8.0]),
        timing("a[k=1]", "z", [1000.0], "crashed"),
    ]
    row = board_of(rows).loc["a[k=1]"]
    assert row["seconds"] == pytest.approx(4.0)
    assert (row["timed"], row["cases"], row["memory"], row["runs"]) == (2, 3, 300, 4)
    assert (row["solver"], row["role"]) == ("a", "peer")
    assert (row["ok"], row["timeout"], row["out_of_memory"], row["crashed"]) == (2, 1, 1, 0)


def test_every_status_has_a_column():
    rows = [run("a", "x", i, 1.0, status) for i, status in enumerate(STATUSES)]
    row = board_of(rows).loc["a"]
    names = ["out_of_memory" if status == "memory" else status for status in STATUSES]
    assert row[names].tolist() == [1] * len(STATUSES)


# --- ranks -------------------------------------------------------------------------------------


def test_failures_rank_below_any_answer():
    rows = [run("poor", "x", seed, 1000.0) for seed in range(4)]
    rows += [run("once", "x", seed, 1.0) for seed in range(3)] + [
        run("once", "x", 3, None, "raised")
    ]
    rows += [run("twice", "x", seed, 1.0) for seed in range(2)]
    rows += [run("twice", "x", seed, None, "timeout") for seed in (2, 3)]
    rows += [run("never", "x", seed, None, "crashed") for seed in range(4)]
    for rules in (RATIO, DIFFERENCE):
        board = board_of(rows, rules)
        assert board["rank"].to_dict() == {"poor": 1, "once": 2, "twice": 3, "never": 4}
        assert board.index.tolist() == ["poor", "once", "twice", "never"]


def test_failures_rank_below_also_where_time_ranks():
    rows = [run("slow", "x", 0, 0.0), run("quick", "x", 0, None, "invalid")]
    rows += [timing("slow", "x", [9.0]), timing("quick", "x", [1.0])]
    assert board_of(rows, Rules(rank_by="time"))["rank"].to_dict() == {"slow": 1, "quick": 2}


def test_the_cost_of_an_invalid_run_does_not_count():
    rows = [run("a", "x", 0, 2.0), run("b", "x", 0, 4.0), run("b", "x", 1, 0.001, "invalid")]
    for rules, score in ((RATIO, 2.0), (DIFFERENCE, 2.0)):
        assert board_of(rows, rules).loc["b", "score"] == pytest.approx(score)


def test_all_failed_has_no_score_and_is_last():
    rows = [
        run("a", "x", 0, 1.0),
        run("b", "x", 0, None, "raised"),
        run("c", "x", 0, None, "skipped"),
    ]
    board = board_of(rows)
    assert board["rank"].to_dict() == {"a": 1, "b": 2, "c": 2}
    missing = board.loc[["b", "c"], ["score", "score_low", "score_high", "seconds"]]
    assert missing.isna().all(axis=None)


@pytest.mark.parametrize("rules", RULES)
def test_nothing_but_failures(rules):
    board = board_of([run("a", "x", 0, None, "raised"), run("b", "y", 0, None, "memory")], rules)
    assert board["rank"].tolist() == [1, 1]
    assert board["score"].isna().all()


@pytest.mark.parametrize("rules", RULES)
def test_identical_solvers_tie(rules):
    rows = random_rows(3, solvers=2, failing=0.2)
    # Two more that do to the letter what the first two do.
    twins = [{**row, "label": row["label"] + "t", "solver": row["solver"] + "t"} for row in rows]
    board = board_of(rows + twins, rules)
    for label in ("s0", "s1"):
        assert board.loc[label, "rank"] == board.loc[label + "t", "rank"]
    assert sorted(board["rank"]) == [1, 1, 3, 3]
    columns = ["score", "seconds", "cases", "runs", "ok"]
    assert board.loc["s0", columns].equals(board.loc["s0t", columns])


def test_a_time_ranking_is_against_the_fastest_on_each_case():
    rows = [run(label, case, 0, 0.0) for label in "abc" for case in "xyz"]
    rows += [timing("a", "x", [1.0]), timing("a", "y", [10.0]), timing("a", "z", [100.0])]
    rows += [timing("b", "x", [2.0]), timing("b", "y", [20.0]), timing("b", "z", [150.0])]
    rows += [timing("c", "z", [300.0])]  # the slowest where it is timed
    board = board_of(rows, Rules(rank_by="time"))
    assert board["rank"].to_dict() == {"a": 1, "b": 2, "c": 3}
    rows[-1] = timing("c", "x", [3.0])  # quicker in seconds than anybody, on an easy case
    board = board_of(rows, Rules(rank_by="time"))
    assert board["rank"].to_dict() == {"a": 1, "b": 2, "c": 3}
    assert board.loc["c", "seconds"] < board.loc["a", "seconds"]


def test_costs_do_not_matter_where_time_ranks():
    rows = [run("a", "x", 0, 9.0), run("b", "x", 0, 1.0), timing("a", "x", [1.0, 1.1, 50.0])]
    rows += [timing("b", "x", [2.0, 2.1, 2.2])]
    assert board_of(rows, Rules(rank_by="time"))["rank"].to_dict() == {"a": 1, "b": 2}
    assert board_of(rows, RATIO)["rank"].to_dict() == {"b": 1, "a": 2}


def test_without_a_time_one_is_last_where_time_ranks():
    rows = [run("a", "x", 0, 1.0), run("b", "x", 0, 1.0), timing("b", "x", [1.0])]
    assert board_of(rows, Rules(rank_by="time"))["rank"].to_dict() == {"b": 1, "a": 2}


# --- cases that not all were run on --------------------------------------------------------------


def test_who_leaves_out_a_case_ranks_below_who_does_not():
    rows = [run("a", "x", 0, 2.0, optimum=1.0), run("a", "y", 0, 8.0, optimum=1.0)]
    rows += [run("b", "y", 0, 4.0, optimum=1.0)]
    board = board_of(rows)
    assert board["score"].to_dict() == {"a": pytest.approx(4.0), "b": pytest.approx(4.0)}
    assert board["cases"].to_dict() == {"a": 2, "b": 1}
    assert board["rank"].to_dict() == {"a": 1, "b": 2}
    assert board["group"].to_dict() == {"a": 1, "b": 2}
    assert board["partial"].to_dict() == {"a": False, "b": True}


@pytest.mark.parametrize("rules", RULES)
def test_leaving_out_cases_never_improves_the_rank(rules):
    rows = random_rows(7, solvers=5, cases=6, failing=0.0)
    whole = board_of(rows, rules, draws=100)
    for label in whole.index:
        for gone in ({"c1"}, {"c0", "c4", "c5"}):
            kept = [row for row in rows if row["label"] != label or row["case"] not in gone]
            less = board_of(kept, rules, draws=100)
            assert less.loc[label, "rank"] >= whole.loc[label, "rank"]
            assert less.loc[label, "partial"]


def test_a_case_that_few_were_run_on_does_not_count():
    rows = [
        run(label, "x", 0, cost, optimum=1.0) for label, cost in zip("abc", (1, 2, 4), strict=True)
    ]
    extra = [run("c", "mine", seed, 1.0, optimum=1.0) for seed in range(3)]
    extra += [timing("c", "mine", [1e-9])]
    board = board_of(rows + extra)
    assert board["rank"].to_dict() == {"a": 1, "b": 2, "c": 3}
    assert not board["partial"].any()
    assert board["score"]["c"] == pytest.approx(4.0)
    assert board["cases"].tolist() == [1, 1, 1]
    assert board["timed"].tolist() == [0, 0, 0]
    assert np.isnan(board["seconds"]["c"])
    assert board["runs"].to_dict() == {"a": 1, "b": 1, "c": 4}


def test_where_no_case_is_common_all_count():
    rows = [run(label, f"only-{label}", 0, 1.0, optimum=1.0) for label in "abc"]
    board = board_of(rows)
    assert board["partial"].all()
    assert board["rank"].tolist() == [1, 1, 1]


def test_who_is_not_timed_on_a_case_ranks_below_where_time_ranks():
    rows = [run(label, case, 0, 0.0) for label in "abc" for case in "xyz"]
    rows += [
        timing(label, case, [value]) for label, value in (("a", 2), ("b", 3)) for case in "xyz"
    ]
    rows += [timing("c", case, [1.0]) for case in "xy"]
    board = board_of(rows, Rules(rank_by="time"))
    assert board["rank"].to_dict() == {"a": 1, "b": 2, "c": 3}
    assert board["partial"].to_dict() == {"a": False, "b": False, "c": True}
    rows = [row for row in rows if row["kind"] == "trace" or row["label"] != "c"]
    rows += [run("d", case, 0, 0.0) for case in "xyz"] + [timing("d", "x", [1.0])]
    rows = [
        row for row in rows if row["kind"] == "trace" or row["label"] in "d" or row["case"] > "x"
    ]
    board = board_of(rows, Rules(rank_by="time"))
    assert board["partial"].to_dict() == {"a": False, "b": False, "c": True, "d": True}
    assert board["rank"].to_dict() == {"a": 1, "b": 2, "c": 3, "d": 3}, "x was timed for d alone"
    assert not board_of(rows)["partial"].any(), "where cost ranks, times are a fact beside it"


# --- groups ------------------------------------------------------------------------------------


def paired(differences, cases=12, spread=0.5, seed=0):
    """Solvers whose log costs differ from case to case by `spread`, from each other as given."""
    rng = np.random.default_rng(seed)
    level = 3 + spread * rng.standard_normal(cases)
    return [
        run(
            f"s{i}",
            f"c{j:02d}",
            0,
            float(math.exp(level[j] + d + rng.normal(0, noise))),
            optimum=1.0,
        )
        for i, (d, noise) in enumerate(differences)
        for j in range(cases)
    ]


def test_groups_are_of_solvers_that_cannot_be_told_apart():
    # Cases differ by far more than solvers; paired by case, the third is clearly worse.
    board = board_of(paired([(0, 0.01), (0, 0.01), (0.1, 0.01), (0.1, 0.01), (0.4, 0.01)]))
    assert board["group"].sort_index().tolist() == [1, 1, 2, 2, 3]
    assert board["score_high"]["s0"] > board["score_low"]["s4"], "the intervals overlap"


def test_groups_begin_anew_only_downwards():
    board = board_of(random_rows(5, solvers=8, cases=9))
    assert board["group"].is_monotonic_increasing
    assert board["group"].iloc[0] == 1
    assert board["group"].diff().dropna().isin([0, 1]).all()


def test_the_same_difference_on_all_cases_tells_apart_and_equal_ones_do_not():
    rows = [
        run(label, f"c{j}", 0, cost, optimum=1.0)
        for j in range(4)
        for label, cost in (("a", 2.0), ("b", 2.0), ("c", 2.02))
    ]
    assert board_of(rows)["group"].to_dict() == {"a": 1, "b": 1, "c": 2}


def test_failures_tell_apart_when_there_are_many():
    def rows(failing):
        return [
            run(
                label,
                f"c{j:02d}",
                0,
                *((None, "crashed") if label == "b" and j < failing else (1.0,)),
            )
            for label in "ab"
            for j in range(12)
        ]

    assert board_of(rows(1))["group"].to_dict() == {"a": 1, "b": 1}
    assert board_of(rows(1))["rank"].to_dict() == {"a": 1, "b": 2}
    assert board_of(rows(7))["group"].to_dict() == {"a": 1, "b": 2}
    assert board_of(rows(12))["group"].to_dict() == {"a": 1, "b": 2}


@pytest.mark.parametrize("rules", [RATIO, Rules(rank_by="time")], ids=["cost", "time"])
def test_with_one_case_groups_are_by_its_seeds_or_rounds(rules):
    rows = [run("a", "x", s, 1.0 + s / 10, optimum=1.0) for s in range(6)]
    rows += [run("b", "x", s, 1.01 + s / 10, optimum=1.0) for s in range(6)]
    rows += [run("c", "x", s, 3.0 - s / 10, optimum=1.0) for s in range(6)]
    rows += [timing("a", "x", [1, 2, 3, 4, 5]), timing("b", "x", [1.1, 1.9, 3.1, 4.1, 4.9])]
    rows += [timing("c", "x", [11, 12, 13, 14, 15])]
    board = board_of(rows, rules)
    assert board.loc[["a", "c"], "group"].tolist() == [1, board["group"].max()]
    assert board["group"]["b"] == (2 if rules is RATIO else 1), "paired by seed, b is worse"
    one = board_of([run("a", "x", 0, 1.0), run("b", "x", 0, 9.0)], rules)
    assert one["group"].tolist() == [1, 1], "of one value each nothing is known"


def test_the_truly_best_is_in_the_first_group_about_as_often_as_is_said():
    # Ten solvers that are equal in truth: each is as good as the best.
    rng = np.random.default_rng(11)
    inside = []
    for _ in range(400):
        values = rng.standard_normal((10, 8))
        order = np.argsort(values.mean(axis=1))
        groups = grouped(order, np.zeros((1, 10)), np.zeros((10, 8)), values)
        inside.append(groups == 1)
    assert np.mean(inside) >= 0.94
    assert np.mean(np.all(inside, axis=1)) < 0.97, "it is not that nothing is ever told apart"


# --- what must not matter ----------------------------------------------------------------------


@pytest.mark.parametrize("rules", RULES)
def test_the_order_of_records_does_not_matter(rules, rng):
    rows = random_rows(1)
    board = leaderboard(frame_of(rows), "tour", rules, draws=200)
    for _ in range(3):
        shuffled = [rows[i] for i in rng.permutation(len(rows))]
        again = leaderboard(frame_of(shuffled), "tour", rules, draws=200)
        pd.testing.assert_frame_equal(board, again, check_exact=False, rtol=1e-12)


def test_other_problems_do_not_matter():
    rows = random_rows(1)
    others = [{**row, "problem": "clique"} for row in random_rows(2)]
    pd.testing.assert_frame_equal(board_of(rows), board_of(others + rows))


def test_scaling_the_costs_of_an_instance_changes_nothing():
    rows = random_rows(2)
    factors = {f"c{j}": 3.7 ** (j - 2) for j in range(5)}
    scaled = [{**row, "cost": row["cost"] and row["cost"] * factors[row["case"]]} for row in rows]
    board, again = board_of(rows, draws=200), board_of(scaled, draws=200)
    pd.testing.assert_frame_equal(board, again, check_exact=False, rtol=1e-9)
    assert not board_of(scaled, DIFFERENCE)["score"].equals(board_of(rows, DIFFERENCE)["score"])


def test_adding_to_the_costs_of_an_instance_changes_no_difference():
    rows = random_rows(2)
    extra = {f"c{j}": 50.0 * (j - 3) - 200 for j in range(5)}
    moved = [
        {**row, "cost": None if row["cost"] is None else row["cost"] + extra[row["case"]]}
        for row in rows
    ]
    assert min(row["cost"] for row in moved if row["cost"] is not None) < 0
    board, again = board_of(rows, DIFFERENCE, draws=200), board_of(moved, DIFFERENCE, draws=200)
    pd.testing.assert_frame_equal(board, again, check_exact=False, rtol=1e-9)


def test_the_same_seed_gives_the_same_board_and_another_does_not():
    rows = random_rows(4, solvers=12, cases=9)
    board = board_of(rows, draws=50, seed=5)
    np.random.random()  # the global state has no part in it
    pd.testing.assert_frame_equal(board, board_of(rows, draws=50, seed=5))
    others = [board_of(rows, draws=50, seed=seed)["rank_high"] for seed in (6, 7, 8)]
    assert not all(board["rank_high"].equals(other) for other in others)


# --- intervals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rules", RULES)
def test_points_are_inside_their_intervals(rules, seed):
    board = board_of(random_rows(seed, cases=2 + seed), rules, draws=200)
    for name in ("score", "seconds"):
        tiny = 1e-9 * board[name].abs()
        known = board[f"{name}_low"].notna()
        assert known.any()
        assert (board[f"{name}_low"] <= board[name] + tiny)[known].all()
        assert (board[name] <= board[f"{name}_high"] + tiny)[known].all()
    assert (board["rank_low"] <= board["rank"]).all()
    assert (board["rank"] <= board["rank_high"]).all()
    assert board["rank_low"].ge(1).all()
    assert board["rank_high"].le(len(board)).all()


@pytest.mark.parametrize(("once", "else_", "rank"), [(50.0, 101.0, 11), (200.0, 99.0, 1)])
def test_a_rank_that_few_draws_reach_is_in_its_interval(once, else_, rank):
    # Each rival is far better (or worse) than `plain` on one case of its own and a little worse
    # (or better) on the others; hardly any draw holds all of these cases.
    names = [f"c{j:02d}" for j in range(20)]
    rows = [run("plain", case, 0, 100.0, optimum=1.0) for case in names]
    for i in range(10):
        for j, case in enumerate(names):
            rows.append(run(f"s{i}", case, 0, once if i == j else else_, optimum=1.0))
    row = board_of(rows).loc["plain"]
    assert row["rank"] == rank
    assert row["rank_low"] <= rank <= row["rank_high"]
    assert row["rank_high"] - row["rank_low"] > 3


@pytest.mark.parametrize("rules", RULES)
def test_one_case_and_one_seed(rules):
    rows = [run("a", "x", 0, 2.0), run("b", "x", 0, 3.0)]
    rows += [timing("a", "x", [1.0]), timing("b", "x", [4.0])]
    board = board_of(rows, rules)
    assert board[["rank", "rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1, 1], [2, 2, 2]]
    b = board.loc["b"]
    expected = 1.5 if rules.compare == "ratio" else 1.0
    assert b[["score", "seconds"]].tolist() == pytest.approx([expected, 4.0])
    ends = b[["score_low", "score_high", "seconds_low", "seconds_high"]]
    assert ends.isna().all(), "one value tells nothing of how it varies"


def test_with_one_case_the_interval_is_of_its_seeds_and_rounds():
    rows = [run("a", "x", seed, cost, optimum=1.0) for seed, cost in enumerate([2.0, 3.0, 4.5])]
    # Two values of each of three processes; the median of a process is what is independent.
    rows += [timing("a", "x", [1.0, 4.0, 2.0, 2.0, 4.0, 1.0]) | {"processes": 3}]
    row = board_of(rows).loc["a"]
    reach = 4.302653 * math.log(1.5) / 3**0.5  # Student's t with 2 degrees of freedom
    expected = [3.0, 3.0 * math.exp(-reach), 3.0 * math.exp(reach)]
    assert row[["score", "score_low", "score_high"]].tolist() == pytest.approx(expected, rel=1e-6)
    assert row[["seconds", "seconds_low", "seconds_high"]].tolist() == pytest.approx([2.0] * 3)


def test_intervals_are_of_student_over_cases():
    values = {"x": [1.0, 3.0], "y": [5.0, 9.0], "z": [6.0, 6.0]}
    rows = [
        run("a", case, seed, cost, optimum=0.0)
        for case, costs in values.items()
        for seed, cost in enumerate(costs)
    ]
    rows += [timing("a", case, [2.0**j]) for j, case in enumerate("xyz")]
    row = board_of(rows, DIFFERENCE).loc["a"]
    # Means of cases 2, 7, 6: mean 5, sd 7**.5, t 4.302653 with 2 degrees of freedom.
    reach = 4.302653 * (7 / 3) ** 0.5
    assert reach > 5, "the lower end would be below the best known"
    ends = row[["score", "score_low", "score_high"]].tolist()
    assert ends == pytest.approx([5.0, 0.0, 5.0 + reach], rel=1e-6)
    factor = math.exp(4.302653 * math.log(2) / 3**0.5)
    ends = row[["seconds", "seconds_low", "seconds_high"]].tolist()
    assert ends == pytest.approx([2.0, 2 / factor, 2 * factor], rel=1e-6)


def test_cases_are_drawn_the_same_for_all():
    # Cases differ by far more than the solvers, whose difference is the same on each.
    rows = [
        run(label, f"c{j}", 0, 2.0**j * factor, optimum=1.0)
        for j in range(8)
        for label, factor in (("a", 1.0), ("b", 1.01), ("c", 1.02))
    ]
    board = board_of(rows)
    assert board["score_high"]["a"] > 2 * board["score"]["c"], "the intervals overlap"
    assert board["rank"].to_dict() == {"a": 1, "b": 2, "c": 3}
    assert board["rank_low"].equals(board["rank"])
    assert board["rank_high"].equals(board["rank"])


def test_a_rank_that_hangs_on_the_cases_has_an_interval():
    rows = [run("a", f"c{j}", 0, 1.0 if j % 2 else 2.0, optimum=1.0) for j in range(6)]
    rows += [run("b", f"c{j}", 0, 2.01 if j % 2 else 1.0, optimum=1.0) for j in range(6)]
    board = board_of(rows)
    assert board["rank"].to_dict() == {"a": 1, "b": 2}
    assert board["rank_low"].tolist() == [1, 1]
    assert board["rank_high"].tolist() == [2, 2]


def test_the_bootstrap_is_in_two_stages(rng):
    # Variance of the mean of cases with the values 1, 3 and 5, 9: 25/4 / 2 over the cases, and
    # 5/2 / 4 within them.
    drawn, weights = _weights(np.array([0, 2, 4]), rng, 40_000)
    means = weights @ [1.0, 3.0, 5.0, 9.0] / 2
    assert means.mean() == pytest.approx(4.5, abs=0.05)
    assert means.var() == pytest.approx(3.75, rel=0.03)
    assert (drawn @ [2.0, 7.0] / 2).var() == pytest.approx(3.125, rel=0.03)
    np.testing.assert_allclose(weights.reshape(-1, 2, 2).sum(axis=2), drawn)
    assert set(np.unique(weights)) == {0.0, 0.5, 1.0, 1.5, 2.0}


def naive_spread(rows, draws):
    """Ranks of draws by the definition, with the same draws, for boards without failures."""
    frame = frame_of(rows)
    runs = Runs.of(frame, np.log(frame["ratio"].to_numpy(float)))
    drawn, weights = _weights(runs.starts, np.random.default_rng(0), draws)
    found = []
    for d in range(draws):
        keys = []
        for i in range(len(runs.labels)):
            mine = runs.row == i
            total = weights[d, runs.column[mine]] @ runs.value[mine]
            keys.append(round(total / drawn[d].sum(), 12))
        found.append([1 + sum(other < key for other in keys) for key in keys])
    return np.sort(found, axis=0)


def test_ranks_are_drawn_as_defined():
    rows = random_rows(3, solvers=5, cases=6, seeds=4, failing=0.0, timed=False, left_out=0.0)
    frame = frame_of(rows)
    runs = Runs.of(frame, np.log(frame["ratio"].to_numpy(float)))
    ordered = naive_spread(rows, 200)
    standing = Standing(runs)
    low, high = standing.spread(standing.draws(np.random.default_rng(0), 200))
    n = len(runs.cases)
    tail = norm.sf((n / (n - 1)) ** 0.5 * t.ppf(0.975, n - 1))
    at = round(tail * 199)
    np.testing.assert_array_equal(low, ordered[at])
    np.testing.assert_array_equal(high, ordered[199 - at])
    assert (low < high).any()


def test_intervals_of_ranks_are_widened_for_few_cases():
    # 1.96 becomes 2.3646 * (8 / 7)**0.5 = 2.5279 with 8 cases; with 2 all draws are inside.
    assert expanded_tail(8) == pytest.approx(0.005738, abs=1e-6)
    assert expanded_tail(2) == pytest.approx(0.0, abs=1e-12)
    assert expanded_tail(1) == 0.0
    assert expanded_tail(100_000) == pytest.approx(0.025, abs=1e-5)


def test_draws_of_a_label_that_lacks_runs_vary_as_its_own_mean_would(rng):
    rows = [run("a", "x", s, float(s), optimum=0.0) for s in range(8)]
    rows += [
        run("b", "x", s, float(s), *(["crashed"] if s % 2 else []), optimum=0.0) for s in range(8)
    ]
    frame = frame_of(rows)
    runs = Runs.of(frame, frame["gap"].to_numpy(float))
    moves = runs.influences(runs.value, runs.means())
    _, weights = _weights(runs.starts, rng, 40_000)
    mine = runs.row == 1
    assert runs.means()[1, 0] == 3.0
    # Of the values 0, 2, 4, 6: variance 5 over 4 runs.
    assert (weights[:, runs.column[mine]] @ moves[mine]).var() == pytest.approx(5 / 4, rel=0.04)


def test_ranks_by_hand():
    keys = np.array([[0.0, 0.0, 0.5, 0.0, 0.0], [1.0, np.nan, 0.1, 1 + 1e-14, 0.3]])
    assert ranked(keys).tolist() == [2, 4, 5, 2, 1]
    both = np.stack([keys, keys[:, ::-1]], axis=1)
    assert ranked(both).tolist() == [[2, 4, 5, 2, 1], [1, 2, 5, 4, 2]]
    assert ranked(np.zeros((2, 1))).tolist() == [1]
    huge = np.array([[1e9, 1e9 + 1e-4, 1e9 + 1, 2e9]])
    assert ranked(huge).tolist() == [1, 1, 3, 4], "12 digits"


def test_clearly_different_solvers_never_overlap(rng):
    for _ in range(6):
        difficulty = rng.lognormal(0, 0.2, size=12)
        rows = [
            run(label, f"c{j}", s, float(d * factor * rng.lognormal(0, 0.05)), optimum=float(d))
            for label, factor in (("a", 1.2), ("b", 1.6), ("c", 2.2))
            for j, d in enumerate(difficulty)
            for s in range(3)
        ]
        board = board_of(rows, draws=200)
        assert board.index.tolist() == ["a", "b", "c"]
        assert board["score_high"].iloc[0] < board["score_low"].iloc[1]
        assert board["score_high"].iloc[1] < board["score_low"].iloc[2]
        assert board["rank_low"].tolist() == board["rank_high"].tolist() == [1, 2, 3]
        for label, factor in (("a", 1.2), ("b", 1.6), ("c", 2.2)):
            assert board.loc[label, "score"] == pytest.approx(factor, rel=0.05)


@pytest.mark.parametrize("cases", [6, 20])
def test_intervals_cover_as_often_as_they_say(rng, cases):
    covered = 0
    for _ in range(100):
        rows = [
            run("a", f"c{j}", s, float(math.exp(middle + 0.2 * rng.standard_normal())), optimum=1.0)
            for j, middle in enumerate(1 + 0.3 * rng.standard_normal(cases))
            for s in range(2)
        ]
        row = board_of(rows, draws=1).loc["a"]
        covered += row["score_low"] <= math.e <= row["score_high"]
    assert 91 <= covered <= 99


def test_an_infinite_ratio_is_worse_than_any_other():
    rows = [
        run(label, f"c{j}", 0, cost, optimum=0.0 if j == 0 else 1.0)
        for label, costs in {"a": (0.0, 5.0, 5.0), "b": (3.0, 1.0, 1.0)}.items()
        for j, cost in enumerate(costs)
    ]
    board = board_of(rows)
    assert board["rank"].to_dict() == {"a": 1, "b": 2}
    assert board.loc["b", "score"] == np.inf
    assert board.loc[["a", "b"], ["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 2], [1, 2]]


def test_no_results():
    frame = current(records(Results()))
    board = leaderboard(frame, "tour", RATIO)
    full = leaderboard(frame_of(HAND), "tour", RATIO)
    assert len(board) == 0
    assert board.columns.tolist() == full.columns.tolist()
    assert len(leaderboard(frame_of(HAND), "clique", RATIO)) == 0
    assert len(leaderboard(frame_of([timing("a", "x", [1.0])]), "tour", RATIO)) == 0
