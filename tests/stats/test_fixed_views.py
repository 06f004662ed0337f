"""Fixed budgets and fixed targets: two views of the same runs, which may name other leaders."""

import numpy as np
import pytest
from scipy.stats import rankdata

from harness.statistics.fixed_budget import FixedBudget, budgets
from harness.statistics.fixed_target import FixedTarget

from .boards import board, run
from .odd_boards import ODD, RULES, check, found_on

STEPS = [1.0, 2.0, 4.0, 8.0, 16.0]
BOTH = {"a": [9, 5, 2, 1.5, 1.5], "b": [6, 4, 3, 2, 1]}


def traced(costs, steps=STEPS, cases="x", seeds=1, compare="difference", **facts):
    """costs[label] = the cost after each step, on each case and with each seed."""
    rows = []
    for label, mine in costs.items():
        trace = [
            [t, k + 1, float(cost)] for k, (t, cost) in enumerate(zip(steps, mine, strict=True))
        ]
        for case in cases:
            for seed in range(seeds):
                rows.append(
                    run(label, case, seed, trace[-1][2], trace=trace, seconds=steps[-1], **facts)
                )
    return board(rows, compare)


def row(finding, label):
    return next(row for row in finding.rows if row["label"] == label)


def line(finding, plot, label):
    columns = next(one for one in finding.plots if one.name == plot).columns
    return {
        x: y
        for x, y, name in zip(columns["x"], columns["y"], columns["label"], strict=True)
        if name == label
    }


@pytest.mark.parametrize(
    ("first", "last", "per_decade", "expected"),
    [
        (1.0, 100.0, 1, [10, 100]),
        (0.5, 99.0, 1, [1, 10, 100]),
        (2.0, 2.0, 1, [10]),
        (1e-4, 1e-3, 2, [10**-3.5, 1e-3]),
        (3.0, 3.1, 2, [10**0.5, 10]),
        (4.0, 5.0, 2, [10]),
    ],
)
def test_budgets(first, last, per_decade, expected):
    np.testing.assert_allclose(budgets(first, last, per_decade), expected)


def test_the_value_at_a_budget_is_that_of_the_latest_answer():
    runs = traced(BOTH).runs
    found = [runs.value_at(t)[::-1].tolist() for t in (0.5, 1.0, 2.0, 4.0, 7.9, 16.0, 99.0)]
    inf = np.inf  # b, which ends better, comes first; costs are above the reference, 1
    assert found == [[inf, inf], [8, 5], [4, 3], [1, 2], [1, 2], [0.5, 0], [0.5, 0]]


def test_the_time_to_a_target_is_that_of_the_first_answer_within_it():
    runs = traced(BOTH).runs
    found = [runs.first_within(np.array([t - 1.0]))[::-1].tolist() for t in (4.0, 2.0, 1.0)]
    assert found == [[4, 2], [4, 8], [np.inf, 16]]


def test_the_two_views_disagree_on_who_leads():
    made = traced(BOTH, [t * 1.5 for t in STEPS])  # answers of 6 to 12 s: a leads at 10 s
    budget, target = FixedBudget().compute(made), FixedTarget().compute(made)
    check(budget)
    check(target)
    assert line(budget, "ranks", "a")[10.0] == 1
    assert line(budget, "ranks", "b")[100.0] == 1
    assert "a from 10.0\xa0s on, b from 100\xa0s on" in budget.summary
    assert [row(target, label)["rank best known"] for label in "ab"] == [2, 1]
    assert any("another leader" in note for note in (*budget.notes, *target.notes))


def test_ranks_are_scipys_and_distances_medians():
    random = np.random.default_rng(2)
    ends = {label: random.integers(1, 4, size=7) for label in "abc"}
    rows = []
    for label, mine in ends.items():
        for case, cost in zip("tuvwxyz", mine.tolist(), strict=True):
            rows.append(
                run(label, case, 0, float(cost), trace=[[0.5, 1, float(cost)]], optimum=1.0)
            )
    finding = FixedBudget().compute(board(rows))
    ranks = rankdata(np.array(list(ends.values())), axis=0).mean(axis=1)
    for label, rank in zip(ends, ranks, strict=True):
        assert row(finding, label)["rank 1"] == pytest.approx(rank)
        assert row(finding, label)["above"] == np.median(ends[label]) - 1


def test_before_its_first_answer_a_solver_is_last():
    rows = [
        run("early", "x", 0, 5.0, trace=[[0.02, 1, 5.0]], seconds=5.0),
        run("late", "x", 0, 1.0, trace=[[3.0, 1, 1.0]], seconds=5.0),
    ]
    finding = FixedBudget().compute(board(rows))
    assert line(finding, "ranks", "late")[0.1] == 2
    assert line(finding, "ranks", "late")[10.0] == 1
    assert min(line(finding, "above", "late")) > 3


def test_a_failed_run_has_nothing_at_any_budget_or_target():
    rows = [
        run("good", "x", 0, 5.0, trace=[[2.0, 1, 5.0]], seconds=5.0),
        run("lost", "x", 0, None, "timeout", trace=[[0.1, 1, 1.0]], seconds=5.0),
    ]
    made = board(rows)
    budget, target = FixedBudget().compute(made), FixedTarget().compute(made)
    assert budget.rows[0]["label"] == target.rows[0]["label"] == "good"
    assert row(budget, "lost")["answered"] == "0 of 1"
    assert row(budget, "lost")["above"] == np.inf


def test_half_of_the_seeds_without_an_answer_are_none():
    rows = [run("a", "x", s, *((1.0,) if s else (None, "crashed"))) for s in range(2)]
    rows += [run("b", "x", s, 2.0) for s in range(2)]
    assert FixedBudget().compute(board(rows)).rows[0]["label"] == "b"
    assert row(FixedBudget().compute(board(rows)), "a")["above"] == np.inf


@pytest.mark.parametrize("statistic", [FixedBudget(), FixedTarget()], ids=["budget", "target"])
@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_unit_of_cost_changes_nothing(statistic, scale):
    scaled = {label: [cost * scale for cost in mine] for label, mine in BOTH.items()}
    for compare in ("ratio", "difference"):
        one = statistic.compute(traced(BOTH, compare=compare))
        two = statistic.compute(traced(scaled, compare=compare))
        for mine, other in zip(one.rows, two.rows, strict=True):
            assert mine == pytest.approx(other, nan_ok=True)
        for mine, other in zip(one.plots, two.plots, strict=True):
            assert mine.columns["label"] == other.columns["label"]
            assert mine.columns["y"] == pytest.approx(other.columns["y"])


@pytest.mark.parametrize("statistic", [FixedBudget(), FixedTarget()], ids=["budget", "target"])
def test_a_faster_machine_changes_ranks_nowhere(statistic):
    one = statistic.compute(traced(BOTH))
    two = statistic.compute(traced(BOTH, [t / 100 for t in STEPS]))
    assert [mine["label"] for mine in one.rows] == [other["label"] for other in two.rows]
    if isinstance(statistic, FixedTarget):
        for mine, other in zip(one.rows, two.rows, strict=True):
            assert mine["rank 1 %"] == other["rank 1 %"]
            assert mine["time 10 %"] == pytest.approx(100 * other["time 10 %"])


@pytest.mark.parametrize("statistic", [FixedBudget(), FixedTarget()], ids=["budget", "target"])
def test_the_order_of_solvers_and_cases_changes_nothing(statistic):
    costs = {"a": [9, 5, 2, 1.5, 1.5], "b": [6, 4, 3, 2, 1], "c": [7, 7, 7, 7, 1.2]}
    one = statistic.compute(traced(costs, cases="xyz", seeds=2))
    two = statistic.compute(traced(dict(reversed(costs.items())), cases="zxy", seeds=2))
    for label in costs:
        assert row(one, label) == pytest.approx(row(two, label), nan_ok=True)


def test_solvers_that_are_level_lead_together():
    finding = FixedBudget().compute(traced({"a": BOTH["b"], "b": BOTH["b"]}))
    assert "Leading at every budget told: a and b" in finding.summary
    finding = FixedTarget().compute(traced({"a": BOTH["b"], "b": BOTH["b"]}))
    assert "Leading at every target: a and b" in finding.summary


def test_a_target_nobody_reaches_has_no_columns():
    rows = [run(label, "x", 0, cost, optimum=1.0) for label, cost in (("a", 1.05), ("b", 1.5))]
    finding = FixedTarget().compute(board(rows))
    assert [column.name for column in finding.columns] == ["label", "rank 10 %", "time 10 %"]
    assert row(finding, "b")["time 10 %"] == np.inf


def test_a_band_without_an_upper_end_goes_up_to_the_largest_number():
    cases = "uvwxyz"
    rows = [run("a", c, 0, 1.0, trace=[[1.0, 1, 1.0]]) for c in cases]
    rows += [
        run("b", c, 0, 1.0 if c in "uvwx" else None, "ok" if c in "uvwx" else "crashed")
        for c in cases
    ]
    rows += [run("c", c, 0, 1.0, trace=[[7.0, 1, 1.0]], seconds=7.0) for c in cases]
    plot = FixedTarget().compute(board(rows)).plots[1]
    ends = [
        h for h, who in zip(plot.columns["high"], plot.columns["label"], strict=True) if who == "b"
    ]
    assert set(ends) == {7.0}


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("statistic", [FixedBudget(), FixedTarget()], ids=["budget", "target"])
def test_odd_boards(statistic, name, rules):
    found_on(statistic, name, rules)
