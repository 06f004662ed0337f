"""Friedman, Nemenyi and the diagram: against scipy, by hand, and what is wrong with mean ranks."""

import math

import numpy as np
import pytest
from scipy import stats

from harness.statistics.critical_difference import (
    CriticalDifference,
    bars,
    complete,
    critical_difference,
    friedman,
    nemenyi,
)

from .boards import board, run, table
from .odd_boards import ODD, RULES, found_on

# Accuracies of four methods on six data sets; larger is better.
ACCURACIES = np.array(
    [
        [0.80, 0.82, 0.85, 0.70],
        [0.75, 0.77, 0.74, 0.70],
        [0.90, 0.92, 0.93, 0.88],
        [0.60, 0.65, 0.66, 0.55],
        [0.85, 0.84, 0.88, 0.80],
        [0.70, 0.72, 0.75, 0.71],
    ]
)


def ranks_of(costs):
    return stats.rankdata(costs, axis=0)


def test_by_hand():
    ranks = ranks_of(-ACCURACIES.T)
    mean = ranks.mean(axis=1)
    assert mean.tolist() == pytest.approx([17 / 6, 2, 4 / 3, 23 / 6])
    assert friedman(ranks) == pytest.approx((12.6, 0.005587, 11.666667, 0.000333), abs=5e-7)
    assert critical_difference(4, 6) == pytest.approx(1.914843, abs=1e-6)
    pairs = [(2, 3, 0.004426), (1, 3, 0.066389), (0, 2, 0.183287), (0, 1, 0.678388)]
    found = nemenyi(np.array([mean[i] - mean[j] for i, j, _ in pairs]), 4, 6)
    assert found.tolist() == pytest.approx([p for _, _, p in pairs], abs=2e-6)


def test_ties_are_corrected_for():
    tied = ACCURACIES.copy()
    tied[0, 1] = 0.85
    assert friedman(ranks_of(-tied.T))[0] == pytest.approx(12.457627, abs=1e-6)


@pytest.mark.parametrize(("k", "n"), [(3, 5), (4, 30), (12, 7)])
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
def test_friedman_is_scipys(k, n, ties, rng):
    costs = rng.integers(0, 4, (k, n)) if ties else rng.standard_normal((k, n))
    chi2, p, f, _ = friedman(ranks_of(costs))
    expected = stats.friedmanchisquare(*costs)
    assert (chi2, p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)
    assert f == pytest.approx((n - 1) * chi2 / (n * (k - 1) - chi2))


def test_the_two_ends_of_friedman():
    same = np.tile(np.array([[1.0], [2.0], [3.0]]), 5)
    assert friedman(same)[:1] == (pytest.approx(10.0),)
    assert friedman(same)[2:] == (math.inf, 0.0)
    assert friedman(np.full((3, 5), 2.0)) == (0.0, 1.0, 0.0, 1.0)


def test_critical_differences_by_the_table():
    q = [1.960, 2.344, 2.569, 2.728, 2.850, 2.948, 3.031, 3.102, 3.164]
    for k, value in enumerate(q, 2):
        assert critical_difference(k, 6) == pytest.approx(
            value * (k * (k + 1) / 36) ** 0.5, abs=2e-3
        )
    assert nemenyi(np.array([critical_difference(5, 9)]), 5, 9)[0] == pytest.approx(0.05, abs=1e-6)


def test_two_solvers_hang_on_third_ones():
    # A and B win 15 cases each against each other; three others always come close behind one.
    scores = np.array([(5, 4, 3, 2, 1)] * 15 + [(1, 5, 4, 3, 2)] * 15).T
    mean = ranks_of(-scores).mean(axis=1)
    assert (mean[0], mean[1]) == (3.0, 1.5)
    assert critical_difference(5, 30) == pytest.approx(1.114, abs=1e-3)
    assert mean[0] - mean[1] > critical_difference(5, 30)
    alone = ranks_of(-scores[:2]).mean(axis=1)
    assert alone.tolist() == [1.5, 1.5]


def test_bars_join_the_widest_groups():
    assert bars(np.array([3.0, 1.0, 1.5, 2.2, 9.0]), 1.25) == ((1.0, 2.2), (2.2, 3.0))
    assert bars(np.array([1.0, 2.0, 3.0]), 1.0) == ()
    assert bars(np.array([2.0, 2.0]), 0.5) == ((2.0, 2.0),)


def test_a_table_without_gaps():
    tried = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 0, 1]], bool)
    solvers, cases = complete(tried)
    assert (solvers.tolist(), cases.tolist()) == ([0, 1, 2], [1, 2])
    apart = np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]], bool)
    solvers, cases = complete(apart)
    assert len(solvers) == 2
    assert len(cases) == 2
    assert apart[np.ix_(solvers, cases)].all()
    none, cases = complete(np.zeros((2, 3), bool))
    assert (len(none), len(cases)) == (0, 0)


# --- boards ------------------------------------------------------------------------------------


def test_a_board_by_hand():
    costs = 1 - ACCURACIES
    made = table({f"s{i}": {f"c{j}": float(costs[j, i]) for j in range(6)} for i in range(4)})
    finding = CriticalDifference().compute(made)
    rows = {row["label"]: row for row in finding.rows}
    assert [row["label"] for row in finding.rows] == ["s2", "s1", "s0", "s3"]
    assert rows["s3"]["p"] == pytest.approx(0.004426, abs=2e-6)
    assert rows["s2"]["p"] is None
    assert rows["s2"]["first"] == 5
    plot = finding.plots[0]
    assert plot.difference == pytest.approx(1.914843, abs=1e-6)
    # s0 and s2 are 1.5 apart, s1 and s3 1.83.
    assert plot.bars == (
        (pytest.approx(4 / 3), pytest.approx(17 / 6)),
        (2.0, pytest.approx(23 / 6)),
    )
    assert "2 of the others are within" in finding.summary
    for row in finding.rows:
        assert row["mean_low"] <= row["mean"] <= row["mean_high"]


def test_failures_rank_last_and_what_is_alike_gets_one_bar():
    costs = {f"c{j}": 1.0 + j for j in range(6)}
    finding = CriticalDifference().compute(
        table({"a": costs, "b": dict.fromkeys(costs), "c": costs})
    )
    rows = {row["label"]: row for row in finding.rows}
    assert (rows["a"]["mean"], rows["b"]["mean"], rows["c"]["mean"]) == (1.5, 3.0, 1.5)
    alike = CriticalDifference().compute(table({"a": costs, "b": costs}))
    assert "no difference" in alike.summary
    assert alike.plots[0].bars == ((1.5, 1.5),)


def test_gaps_are_told():
    rows = [run(s, f"c{j}", 0, 1.0 + i + j) for i, s in enumerate("ab") for j in range(4)]
    rows += [run("c", f"c{j}", 0, 9.0) for j in range(3)] + [run("d", "c0", 0, 1.0)]
    finding = CriticalDifference().compute(board(rows))
    assert {row["label"] for row in finding.rows} == {"a", "b", "c"}
    assert any("Left out, as run on too few cases: d." in note for note in finding.notes)
    assert any("1 of 4 cases" in note for note in finding.notes)


def test_the_order_of_solvers_and_cases_changes_no_mean_rank(rng):
    costs = rng.lognormal(0, 1, (5, 9))
    one, other = (
        CriticalDifference().compute(
            table({f"s{i}": {f"c{j}": float(costs[i, j]) for j in cases} for i in solvers})
        )
        for solvers, cases in ((range(5), range(9)), (rng.permutation(5), rng.permutation(9)))
    )
    assert {r["label"]: r["mean"] for r in one.rows} == pytest.approx(
        {r["label"]: r["mean"] for r in other.rows}
    )


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(CriticalDifference(), name, rules)
