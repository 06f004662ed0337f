"""Ranks without a case, without a solver, and drawn anew."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.findings import NotApplicable
from harness.statistics._ranking import Standing
from harness.statistics.rank_stability import RankStability, first_places, kendall, reversals

from .boards import board, run, table, timing
from .odd_boards import ODD, RULES, found_on
from .test_critical_difference import ACCURACIES


def test_kendalls_tau_by_hand():
    assert kendall(np.array([1, 2, 3]), np.array([1, 2, 3])) == 1
    assert kendall(np.array([1, 2, 3]), np.array([3, 2, 1])) == -1
    assert kendall(np.array([1, 2, 3, 4]), np.array([2, 1, 3, 4])) == pytest.approx(4 / 6)
    assert kendall(np.array([1, 1, 3]), np.array([1, 2, 3])) == pytest.approx(2 / 3)
    assert kendall(np.array([1, 1, 3]), np.array([1, 1, 3])) == 1
    assert kendall(np.array([1]), np.array([1])) == 1


@given(st.permutations(range(7)))
def test_kendalls_tau_of_orders_is_scipys(order):
    expected = stats.kendalltau(range(7), order).statistic
    assert kendall(np.arange(7), np.array(order)) == pytest.approx(expected)


def naive_reversals(costs):
    """By leaving out each solver, ranking the rest anew, and looking at every pair."""
    k = len(costs)
    mean = stats.rankdata(costs, axis=0).mean(axis=1)
    found = np.zeros((k, k), bool)
    for r in range(k):
        rest = [i for i in range(k) if i != r]
        without = dict(zip(rest, stats.rankdata(costs[rest], axis=0).mean(axis=1), strict=True))
        for i, j in itertools.permutations(rest, 2):
            found[i, j] |= (mean[i] - mean[j]) * (without[i] - without[j]) < -1e-12
    return found.sum(axis=1)


def test_reversals_follow_their_definition(rng):
    seen = 0
    for _ in range(30):
        costs = rng.integers(0, 6, (5, 4)).astype(float)
        found = reversals(stats.rankdata(costs, axis=0))
        np.testing.assert_array_equal(found, naive_reversals(costs))
        seen += found.sum()
    assert seen > 0


def test_first_places_are_shared():
    draws = np.array([[1, 1, 3], [1, 2, 3], [2, 2, 1], [1, 1, 1]])
    assert first_places(draws).tolist() == pytest.approx(
        [(0.5 + 1 + 1 / 3) / 4, (0.5 + 1 / 3) / 4, (1 + 1 / 3) / 4]
    )


# --- boards ------------------------------------------------------------------------------------


def accuracies():
    costs = 1 - ACCURACIES
    return table({f"s{i}": {f"c{j}": float(costs[j, i]) for j in range(6)} for i in range(4)})


def test_a_board_by_hand():
    finding = RankStability().compute(accuracies())
    rows = {row["label"]: row for row in finding.rows}
    assert [row["label"] for row in finding.rows] == ["s2", "s1", "s0", "s3"]
    means = [rows[f"s{i}"]["mean"] for i in range(4)]
    assert means == pytest.approx([17 / 6, 2, 4 / 3, 23 / 6])
    for i, row in enumerate(finding.rows, 1):
        assert (row["rank"], row["best"], row["worst"]) == (i, i, i), "no case decides"
        assert row["mean_low"] <= row["mean"] <= row["mean_high"]
    assert rows["s2"]["first"] > 0.8
    assert sum(row["first"] for row in finding.rows) == pytest.approx(1.0)
    assert "does not hang on any single case (Kendall's tau at least 1.00)" in finding.summary


def test_draws_of_mean_ranks_by_hand(rng):
    # How often each of the four has the best mean rank, cases drawn with replacement.
    ranks = stats.rankdata(-ACCURACIES.T, axis=0)
    picks = rng.integers(6, size=(4000, 6))
    means = ranks[:, picks].mean(axis=2).T.round(9)
    winners = np.bincount(means.argmin(axis=1), minlength=4) / 4000  # ties to the first
    assert winners.tolist() == pytest.approx([0, 0.14, 0.86, 0], abs=0.02)
    assert first_places(means)[1] < winners[1], "ties are shared"
    low, high = np.quantile(means, [0.025, 0.975], axis=0, method="nearest")
    assert low.tolist() == pytest.approx([2.33, 1.5, 1.0, 3.5], abs=0.17)
    assert high.tolist() == pytest.approx([3.33, 2.5, 2.0, 4.0], abs=0.17)
    # Widened for six cases, the intervals of the statistic hold these.
    for i, row in enumerate(
        sorted(RankStability().compute(accuracies()).rows, key=lambda r: r["label"])
    ):
        assert row["mean_low"] <= low[i] + 1e-9
        assert row["mean_high"] >= high[i] - 1e-9


def test_a_case_that_decides_is_named():
    rows = [run("a", f"c{j}", 0, 2.0, optimum=1.0) for j in range(5)]
    rows += [run("b", f"c{j}", 0, 2.1, optimum=1.0) for j in range(4)] + [
        run("b", "c4", 0, 1.0, optimum=1.0)
    ]
    finding = RankStability().compute(board(rows))
    rows = {row["label"]: row for row in finding.rows}
    assert (rows["b"]["rank"], rows["b"]["best"], rows["b"]["worst"]) == (1, 1, 2)
    assert (
        "changes when one of 1 of 5 cases is left out (Kendall's tau at least -1.00)"
        in finding.summary
    )
    assert finding.notes[0] == "Who is first hangs on c4."


def test_leaving_out_a_solver_turns_no_order_of_the_leaderboard(rng):
    costs = rng.lognormal(0, 1, (6, 5))
    costs[2, 3] = np.nan

    def made(solvers):
        return table(
            {
                f"s{i}": {
                    f"c{j}": None if np.isnan(costs[i, j]) else float(costs[i, j]) for j in range(5)
                }
                for i in solvers
            }
        )

    whole = made(range(6)).labels
    for r in range(6):
        rest = made([i for i in range(6) if i != r]).labels
        assert rest == tuple(label for label in whole if label != f"s{r}")


def test_leaving_out_a_case_is_the_leaderboard_without_it(rng):
    costs = rng.lognormal(0, 0.3, (4, 5))
    rows = [
        run(f"s{i}", f"c{j}", s, float(costs[i, j] * (1 + s / 50)))
        for i in range(4)
        for j in range(5)
        for s in range(2)
    ]
    rows[3] = run("s0", "c1", 1, None, "crashed")
    finding = {row["label"]: row for row in RankStability().compute(board(rows)).rows}
    seen = {label: [] for label in finding}
    for j in range(5):
        less = board([row for row in rows if row["case"] != f"c{j}"]).table
        for label, rank in zip(less["label"], less["rank"], strict=True):
            seen[label].append(rank)
    for label, row in finding.items():
        assert (row["best"], row["worst"]) == (min(seen[label]), max(seen[label]))


def test_twins_come_first_together():
    costs = {f"c{j}": [1.0 + (j * 7 + s) % 5 for s in range(3)] for j in range(6)}
    rows = [
        run(label, c, s, v, optimum=1.0)
        for label in "ab"
        for c, vs in costs.items()
        for s, v in enumerate(vs)
    ]
    finding = RankStability().compute(board(rows))
    assert [row["first"] for row in finding.rows] == [0.5, 0.5]
    assert "a and b each come first in 50%" in finding.summary


def test_where_time_ranks_it_is_the_order_of_times():
    rows = [run(label, case, 0, 1.0) for label in "abc" for case in "xyz"]
    rows += [
        timing(label, case, [value]) for label, value in (("a", 3), ("b", 2)) for case in "xyz"
    ]
    rows += [timing("c", "x", [1.0])]
    finding = RankStability().compute(board(rows, rank_by="time"))
    assert [(r["label"], r["rank"], r["best"], r["worst"]) for r in finding.rows] == [
        ("b", 1, 1, 1),
        ("a", 2, 2, 2),
        ("c", 3, 3, 3),
    ]


def test_one_solver_or_one_case_has_nothing_to_lose():
    with pytest.raises(NotApplicable):
        RankStability().compute(table({"a": {"x": 1.0, "y": 2.0}}))
    with pytest.raises(NotApplicable):
        RankStability().compute(table({"a": {"x": 1.0}, "b": {"x": 2.0}}))


def test_draws_come_in_blocks_of_any_size(monkeypatch):
    from harness.statistics import _ranking
    from harness.statistics.leaderboard import standing_of

    made = accuracies()
    standing, _, _ = standing_of(made.traces, made.timings, made.rules)
    monkeypatch.setattr(_ranking, "_BLOCK", 30)
    drawn = Standing(standing.runs).draws(np.random.default_rng(0), 50)
    assert drawn.shape == (50, 4)
    assert drawn.min() == 1
    assert drawn.max() <= 4


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(RankStability(), name, rules)
