"""The leaderboard: scores worked by hand, ranks, intervals, and what must not change them."""

import dataclasses
import math
from statistics import fmean

import numpy as np
import pandas as pd
import pytest

from harness.record import STATUSES, Record
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


def random_rows(seed, solvers=4, cases=5, seeds=3, failing=0.1, timed=True):
    """Costs of solvers that differ little, some runs failed, some cases not run."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(solvers):
        for j in range(cases):
            if rng.random() < 0.1:
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


def test_a_solver_without_results_on_some_cases():
    rows = [run("a", "x", 0, 2.0, optimum=1.0), run("a", "y", 0, 8.0, optimum=1.0)]
    rows += [run("b", "y", 0, 4.0, optimum=1.0)]
    board = board_of(rows)
    assert board["score"].to_dict() == {"a": pytest.approx(4.0), "b": pytest.approx(4.0)}
    assert board["cases"].to_dict() == {"a": 2, "b": 1}
    assert (board.loc["b", "score_low"], board.loc["b", "score_high"]) == pytest.approx((4.0, 4.0))


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
    rows = random_rows(4)
    board = board_of(rows, draws=100, seed=5)
    np.random.random()  # the global state has no part in it
    pd.testing.assert_frame_equal(board, board_of(rows, draws=100, seed=5))
    assert not board["score_low"].equals(board_of(rows, draws=100, seed=6)["score_low"])


# --- intervals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rules", RULES)
def test_points_are_inside_their_intervals(rules, seed):
    board = board_of(random_rows(seed, cases=2 + seed), rules, draws=200)
    for name in ("score", "seconds"):
        tiny = 1e-9 * board[name].abs()
        assert (board[f"{name}_low"] <= board[name] + tiny).all()
        assert (board[name] <= board[f"{name}_high"] + tiny).all()
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
    assert b[["score", "score_low", "score_high"]].tolist() == pytest.approx([expected] * 3)
    assert b[["seconds", "seconds_low", "seconds_high"]].tolist() == pytest.approx([4.0] * 3)


def test_with_one_case_the_interval_is_of_its_seeds():
    rows = [run("a", "x", seed, cost, optimum=1.0) for seed, cost in enumerate([1.0, 4.0])]
    row = board_of(rows).loc["a"]
    assert row[["score", "score_low", "score_high"]].tolist() == pytest.approx([2.0, 1.0, 4.0])


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


def test_the_bootstrap_is_in_two_stages():
    costs = {"x": [1.0, 3.0], "y": [5.0, 9.0]}
    rows = [
        run("a", case, seed, cost, optimum=0.0)
        for case, values in costs.items()
        for seed, cost in enumerate(values)
    ]
    row = board_of(rows, DIFFERENCE, draws=4000).loc["a"]
    assert row["score"] == pytest.approx(4.5)
    # The variance is 25/4 / 2 over the cases and 5/2 / 4 within them. Case x alone is drawn by a
    # quarter of the draws; its worst seed alone by 1/16 of these, which is beyond the interval,
    # its worst seed in one of two by 1/4 of these, which is not.
    assert (row["score_low"], row["score_high"]) == (1.5, 8.0)


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


def test_intervals_cover_about_as_often_as_they_say(rng):
    # 20 cases and 3 seeds: nominally 95 %, by the bootstrap a little less.
    covered = 0
    for _ in range(40):
        rows = [
            run("a", f"c{j}", s, float(math.exp(middle + 0.2 * rng.standard_normal())), optimum=1.0)
            for j, middle in enumerate(1 + 0.3 * rng.standard_normal(20))
            for s in range(3)
        ]
        row = board_of(rows, draws=100).loc["a"]
        covered += row["score_low"] <= math.e <= row["score_high"]
    assert 34 <= covered <= 39


def test_no_results():
    frame = current(records(Results()))
    board = leaderboard(frame, "tour", RATIO)
    full = leaderboard(frame_of(HAND), "tour", RATIO)
    assert len(board) == 0
    assert board.columns.tolist() == full.columns.tolist()
    assert len(leaderboard(frame_of(HAND), "clique", RATIO)) == 0
    assert len(leaderboard(frame_of([timing("a", "x", [1.0])]), "tour", RATIO)) == 0
