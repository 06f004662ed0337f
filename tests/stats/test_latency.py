"""Quality against latency, against brute force and boards worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.findings import NotApplicable
from harness.statistics.latency import Latency, on_frontier

from .boards import board, run

small = st.integers(0, 4).map(float)


@given(st.lists(st.tuples(small, small), max_size=12))
def test_the_frontier_is_what_no_other_point_beats(points):
    costs, times = (
        (np.array(side, float) for side in zip(*points, strict=True))
        if points
        else (
            np.empty(0),
            np.empty(0),
        )
    )
    wanted = [
        not any(c <= cost and t <= time and (c < cost or t < time) for c, t in points)
        for cost, time in points
    ]
    assert on_frontier(costs, times).tolist() == wanted


def answered(label, case, cost, p50, seed=0, **facts):
    scores = {"latency_p50": p50, "latency_p99": 3 * p50, "build_seconds": 0.5}
    return run(label, case, seed, cost, scores=scores, **facts)


def online(rows):
    return board(rows, compare="difference", kind="online", cost_name="1 - recall")


ROWS = [
    *(answered("exact", case, 0.0, 1e-3) for case in "xy"),
    *(answered("graph", case, 0.02, 1e-4) for case in "xy"),
    *(answered("graph[breadth=9]", case, 0.3, 2e-5) for case in "xy"),
    *(answered("graph[breadth=1]", case, 0.3, 4e-5) for case in "xy"),
    answered("slow", "x", 0.5, 1e-2),
    run("slow", "y", 0, None, "timeout"),
]


def test_a_board_by_hand():
    found = Latency().compute(online(ROWS))
    rows = {row["label"]: row for row in found.rows}
    assert {label: row["frontier"] for label, row in rows.items()} == {
        "exact": 2,
        "graph": 2,
        "graph[breadth=9]": 2,
        "graph[breadth=1]": 0,
        "slow": 0,
    }
    assert found.rows[0]["label"] == "graph[breadth=9]"  # the soonest of those that are on all
    assert rows["graph"]["p50"] == pytest.approx(1e-4)
    assert rows["graph"]["p99"] == pytest.approx(3e-4)
    assert rows["graph"]["build"] == pytest.approx(0.5)
    assert rows["graph"]["cost"] == pytest.approx(0.02)
    assert math.isnan(rows["slow"]["p50"])
    assert rows["slow"]["cases"] == 1
    assert found.notes == (
        "1 of 5 did not answer every case that most answered: no means of theirs are shown.",
    )
    assert "graph[breadth=9] answers soonest over the 2 cases that most answered" in found.summary


def test_a_line_joins_the_settings_of_a_solver_that_none_of_its_own_beats():
    (plot,) = Latency().compute(online(ROWS)).plots
    lines = list(zip(*(plot.columns[key] for key in ("view", "label", "x", "y")), strict=True))
    assert [one[1:] for one in lines if one[0] == "x" and one[1] == "graph"] == [
        ("graph", 0.02, 1e-4),
        ("graph", 0.3, 2e-5),
    ]
    assert {one[1] for one in lines if one[0] == "x"} == {"exact", "graph", "slow"}
    assert {one[1] for one in lines if one[0] == "y"} == {"exact", "graph"}


def test_without_the_defaults_a_line_has_the_name_of_a_setting():
    rows = [answered(f"graph[breadth={b}]", "x", 1 / b, b * 1e-5) for b in (3, 5, 9)]
    (plot,) = Latency().compute(online(rows)).plots
    assert len(set(plot.columns["label"])) == 1
    assert plot.columns["label"][0] in {row["label"] for row in rows}
    assert plot.columns["y"] == pytest.approx([9e-5, 5e-5, 3e-5])


def test_medians_over_cases_are_geometric_with_students_t():
    times = {"x": 1e-4, "y": 3e-4, "z": 2e-4}
    rows = [answered("a", case, 0.1, time, seed) for case, time in times.items() for seed in (0, 1)]
    (row,) = Latency().compute(online(rows)).rows
    logs = np.log(list(times.values()))
    reach = 4.302652729911275 * logs.std(ddof=1) / math.sqrt(3)  # t of 2 degrees of freedom
    assert row["p50"] == pytest.approx(math.exp(logs.mean()))
    assert (row["low"], row["high"]) == pytest.approx(
        (math.exp(logs.mean() - reach), math.exp(logs.mean() + reach))
    )


def test_the_median_over_seeds_counts():
    rows = [answered("a", "x", 0.1, time, seed) for seed, time in enumerate([1e-4, 9e-1, 2e-4])]
    (row,) = Latency().compute(online(rows)).rows
    assert row["p50"] == pytest.approx(2e-4)


def test_boards_without_latencies_are_told_so():
    rows = [run("a", "x", 0, 0.1)]
    with pytest.raises(NotApplicable, match="Only online problems"):
        Latency().compute(board(rows))
    with pytest.raises(NotApplicable, match="No run that ended well tells its latencies"):
        Latency().compute(online([run("a", "x", 0, 0.1, scores={})]))
    with pytest.raises(NotApplicable, match="No run that ended well"):
        Latency().compute(online([run("a", "x", 0, None, "crashed")]))
