"""Data profiles, against a table worked by hand."""

import numpy as np
import pytest

from harness.findings import NotApplicable
from harness.statistics.data_profile import DataProfile, profile

from .boards import board, run
from .odd_boards import ODD, RULES, check, found_on

INF = np.inf
CALLS = np.array([[30, 44, 110], [60, INF, 55]], float)
SIZES = np.array([2.0, 10.0, 10.0])


def oracle(
    calls, sizes=(2, 10, 10), seeds=1, compare="difference", kind="oracle", scale=1.0, **more
):
    """A board of calls[solver][case] until the cost falls from 100 to 0; infinite for never."""
    rows = []
    for label, row in zip("abc", calls, strict=False):
        for case, size, value in zip("xyz", sizes, row, strict=False):
            for seed in range(seeds):
                trace = [[0.1, 1, 100.0 * scale]]
                if np.isfinite(value):
                    trace.append([0.2, int(value), 0.0])
                facts = {"trace": trace, "calls": 200, "sizes": {"n": size}}
                rows.append(run(label, case, seed, trace[-1][2], **facts, **more))
    return board(rows, compare, kind=kind)


def test_a_table_worked_by_hand():
    budgets = np.array([5.0, 10.0, 20.0])
    np.testing.assert_allclose(profile(CALLS[0], SIZES, budgets), [1 / 3, 1, 1])
    np.testing.assert_allclose(profile(CALLS[1], SIZES, budgets), [1 / 3, 1 / 3, 2 / 3])


def test_it_is_the_share_of_cases_within_calls_by_size():
    finding = DataProfile().compute(oracle(CALLS))
    check(finding)
    assert [row["label"] for row in finding.rows] == ["a", "b"]
    a, b = finding.rows
    assert (a["within 10"], a["within 100"], a["solved"]) == (1, 1, 1)
    assert b["within 10"] == pytest.approx(1 / 3)
    assert b["solved"] == pytest.approx(2 / 3)
    columns = finding.plots[0].columns
    steps = {
        x: y
        for x, y, label, view in zip(
            *(columns[name] for name in ("x", "y", "label", "view")), strict=True
        )
        if (label, view) == ("a", "tau = 1e-3")
    }
    assert steps[4.0] == pytest.approx(1 / 3)
    assert steps[10.0] == 1


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_solved_is_a_share_of_the_way_from_the_start(scale):
    rows = []
    for label, end in (("a", 0.0), ("near", 0.05), ("far", 0.5)):
        trace = [[0.1, 1, scale], [0.2, 6, end * scale]]
        rows.append(run(label, "x", 0, end * scale, trace=trace, calls=9, sizes={"n": 2}))
    finding = DataProfile().compute(board(rows, "difference", kind="oracle"))
    columns = finding.plots[0].columns
    most = {}
    for label, view, y in zip(*(columns[k] for k in ("label", "view", "y")), strict=True):
        most[label, view] = max(y, most.get((label, view), 0.0))
    assert (most["near", "tau = 1e-1"], most["near", "tau = 1e-3"]) == (1, 0)
    assert most["far", "tau = 1e-1"] == 0


def test_half_of_the_seeds_decide():
    rows = []
    for seed in range(3):
        trace = [[0.1, 1, 100.0]] + ([[0.2, 10 * (seed + 1), 0.0]] if seed < 2 else [])
        rows.append(run("a", "x", seed, trace[-1][2], trace=trace, calls=99, sizes={"n": 1}))
    (row,) = DataProfile().compute(board(rows, "difference", kind="oracle")).rows
    assert (row["within 10"], row["solved"]) == (1, 1)  # the median is 20 calls, 10 (n + 1)


def test_a_failed_run_solves_nothing():
    made = oracle(CALLS, status="crashed")
    with pytest.raises(NotApplicable):
        DataProfile().compute(made)


@pytest.mark.parametrize("kind", ["batch", "online"])
def test_it_needs_calls_of_an_oracle(kind):
    calls = CALLS if kind == "online" else np.full((2, 3), 0)
    made = oracle(calls, kind=kind)
    if kind == "batch":
        made.traces["calls"] = 0.0
    with pytest.raises(NotApplicable, match="No calls of an oracle"):
        DataProfile().compute(made)


def test_it_needs_the_size_of_every_case():
    made = oracle(CALLS)
    made.size = "dimension"
    with pytest.raises(NotApplicable, match="its size"):
        DataProfile().compute(made)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(DataProfile(), name, rules)


def test_odd_traces_with_calls():
    rows = [run("a", "x", 0, 1.0, calls=5), run("b", "x", 0, None, "crashed", calls=2)]
    check(DataProfile().compute(board(rows, "difference", kind="oracle")))
