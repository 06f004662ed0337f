"""What the charts show, against examples worked by hand."""

import numpy as np
import pandas as pd
import pytest

from harness.findings import Axis
from harness.report import axes, chart_data
from harness.report.charts import Drawer, charts
from harness.report.palette import looks
from harness.report.paper import on_paper
from harness.report.subjects import ProblemFacts
from harness.report.views import View, thinned

RATIO = ProblemFacts("demo", "demo")
GAP = ProblemFacts("demo", "demo", compare="difference")


def traced(*traces, best=10.0, label="a", case="c"):
    rows = [
        {"case": case, "label": label, "best": best, "trace": trace, "status": "ok"}
        for trace in traces
    ]
    return pd.DataFrame(rows)


def only(views):
    assert len(views) == 1
    return views[0]


def test_the_median_starts_when_most_seeds_have_an_answer():
    view = only(
        chart_data.curves(
            traced(
                [[1.0, 1, 20.0], [4.0, 2, 10.0]],
                [[2.0, 1, 30.0], [8.0, 2, 12.0]],
                [[16.0, 1, 11.0]],
            ),
            ["a"],
            RATIO,
        )
    )
    # at 2 s: 20, 30, none -> 30; at 4 s: 10, 30, none -> 30; at 8 s: 10, 12, none; at 16 s: 11
    assert view.columns["x"] == [2.0, 8.0, 16.0]
    assert view.columns["y"] == pytest.approx([2.0, 0.2, 0.1])
    assert view.columns["dot"] == [0, 0, 1]


def test_a_run_without_answers_counts_as_the_worst():
    assert chart_data.curves(traced([[1.0, 1, 20.0]], []), ["a"], RATIO) == []


def test_curves_over_calls_begin_where_a_first_answer_cost_none():
    runs = traced([[1.0, 0, 20.0], [4.0, 3, 12.0]], [[9.0, 0, 20.0], [9.5, 5, 11.0]])
    view = only(chart_data.curves(runs, ["a"], GAP, "calls"))
    # The upper of the two middle ones: both have moved at 5 calls only.
    assert view.columns["x"] == [0.0, 5.0]
    assert view.columns["y"] == [10.0, 2.0]
    assert chart_data.curves(traced([[1.0, 0, 20.0]]), ["a"], GAP, "calls") == []


def test_many_calls_are_thinned_though_the_first_are_none():
    points = [[float(t), t, 10.0 + 1 / (t + 1)] for t in range(5000)]
    view = only(chart_data.curves(traced(points), ["a"], GAP, "calls"))
    assert len(view.labels) <= 122
    assert view.columns["x"][0] == 0.0
    assert view.columns["x"][-1] == 4999.0


def test_a_cost_that_is_a_logarithm_has_a_linear_axis():
    decades = ProblemFacts("demo", "demo", compare="difference", cost_name="log10 of the gap")
    runs = traced([[1.0, 1, 0.0], [2.0, 2, -9.0]], best=-10.0)
    for problem, shown in ((GAP, "log"), (decades, "linear")):
        (view,) = chart_data.curves(runs, ["a"], problem)
        assert view.axes["y"]["on"] == shown


def test_where_the_best_answer_counts_a_worse_one_later_does_not():
    best = ProblemFacts("demo", "demo", counts="best", compare="difference")
    view = only(chart_data.curves(traced([[1.0, 1, 12.0], [2.0, 2, 30.0]]), ["a"], best))
    assert view.columns["y"] == [2.0, 2.0]


def test_curves_are_thinned_but_keep_their_ends():
    points = [[float(t), t, 10.0 + 1 / t] for t in range(1, 5000)]
    view = only(chart_data.curves(traced(points), ["a"], GAP))
    assert len(view.labels) <= 120
    assert view.columns["x"][0] == 1.0
    assert view.columns["x"][-1] == 4999.0


def test_the_median_agrees_with_a_plain_one_at_every_moment():
    rng = np.random.default_rng(7)
    for _ in range(30):
        count = int(rng.integers(1, 6))
        times = [np.sort(rng.random(int(rng.integers(0, 7)))) for _ in range(count)]
        values = [rng.integers(0, 9, len(one)).astype(float) for one in times]
        if not sum(map(len, times)):
            continue
        moments, middle = chart_data._median_curve(times, values, 1000)
        for at in np.linspace(0, 1, 41):
            reached = [one[t <= at] for t, one in zip(times, values, strict=True)]
            now = sorted(one[-1] if len(one) else np.inf for one in reached)[count // 2]
            before = np.flatnonzero(moments <= at)
            assert (middle[before[-1]] if len(before) else np.inf) == now


def test_a_best_cost_of_zero_and_absurd_costs_leave_a_chart():
    points = [[1.0, 1, 5.0], [2.0, 2, float("inf")], [3.0, 3, float("nan")], [4.0, 4, 0.0]]
    view = only(chart_data.curves(traced(points, best=0.0), ["a"], RATIO))
    assert view.columns["x"] == [4.0]
    assert view.columns["y"] == [0.0]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1e-6, 1.0, [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]),
        (0.9, 12.0, [1.0, 2.0, 5.0, 10.0]),
        (2.1, 2.6, [2.1, 2.2, 2.3, 2.4, 2.5, 2.6]),
        (1e-300, 1e300, [10.0**power for power in range(-300, 301, 76)]),
    ],
)
def test_ticks_are_round_numbers_within_the_range(low, high, ticks):
    assert axes.log_ticks(low, high) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (1.0, 7.0, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]),
        (-0.3, 0.31, [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3]),
        (5.0, 5.0, [5.0]),
    ],
)
def test_ticks_of_a_linear_axis_are_multiples_of_a_round_step(low, high, ticks):
    assert axes.linear_ticks(low, high) == pytest.approx(ticks)


LOG = Axis("", log=True)


def test_zeros_lie_on_a_floor_below_all_else():
    ends = axes.ends([0.0, 0.004], LOG)
    assert ends["log"] == [0.001, 0.004, [0.001, 0.0015, 0.002, 0.003, 0.004], True]
    assert ends["linear"][:2] == [0.0, 0.004]
    assert (ends["on"], ends["switch"]) == ("log", True)


def test_an_axis_of_one_number_has_an_extent():
    ends = axes.ends([3.0, 3.0], LOG)
    for kind in ("log", "linear"):
        assert ends[kind][0] < 3.0 < ends[kind][1]
    assert axes.ends([0.0], Axis(""))["linear"][:2] == [0.0, 1.0]


@pytest.mark.parametrize("values", [[0.0, 0.0], [-1.0, 5.0], []])
def test_where_there_is_no_logarithm_the_axis_is_linear(values):
    ends = axes.ends(values, LOG)
    assert ends["log"] is None
    assert (ends["on"], ends["switch"]) == ("linear", False)


def test_what_is_not_finite_does_not_stretch_an_axis():
    ends = axes.ends([1.0, np.inf, np.nan, 100.0, -np.inf], LOG)
    assert ends["log"][:2] == ends["linear"][:2] == [1.0, 100.0]


def test_there_is_no_half_of_a_thing():
    assert axes.ends([1, 3], Axis("", "count", log=True))["log"][2] == [1.0, 2.0, 3.0]
    assert axes.ends([0, 2], Axis("", "count"))["linear"][2] == [0.0, 1.0, 2.0]
    assert axes.ends([1.25, 1.75], Axis("", "count"))["linear"][2] == [1.3, 1.4, 1.5, 1.6, 1.7]


def test_an_axis_keeps_its_own_ends_but_leaves_out_no_value():
    ends = axes.ends([2.0, 30.0], Axis("", log=True, low=1.0, high=20.0))
    assert ends["log"][:2] == [1.0, 30.0]
    bounded = axes.ends([0.2, 0.9], Axis("", "share", low=0.0, high=1.0))
    assert bounded["linear"][:2] == [0.0, 1.0]
    assert not bounded["switch"]


def test_a_thinned_curve_keeps_its_ends_and_its_jump():
    x = np.linspace(0, 1, 10_001)
    y = np.where(x < 0.37, 0.0, 1.0)
    kept = thinned(x, y, 50)
    assert len(kept) <= 50
    assert (kept[0], kept[-1]) == (0, 10_000)
    assert np.diff(kept).min() > 0
    jump = np.flatnonzero(np.diff(y[kept]))
    assert x[kept[jump + 1]] == pytest.approx(0.37, abs=0.03)
    assert thinned(x[:5], y[:5], 50).tolist() == [0, 1, 2, 3, 4]


def test_columns_are_packed_without_loss():
    view = View("v", [0, 1, 1], {"x": [1.0, 2.0, 2.0], "dot": [1, 1, 1], "case": ["a", "b", "a"]})
    assert view.plain()["columns"] == {
        "x": [1.0, 2.0, 2.0],
        "dot": 1,
        "case": {"words": ["a", "b"], "index": [0, 1, 0]},
    }


def timed(*rows):
    names = ["case", "n", "k", "label", "seconds"]
    frame = pd.DataFrame(rows, columns=names)
    frame["sizes"] = [{"n": n, "k": k} for n, k in zip(frame["n"], frame["k"], strict=True)]
    return frame.assign(status="ok", failed=False)


def test_cases_that_differ_in_size_alone_are_one_series():
    timings = timed(
        ("mixture[n=500]", 500, 10, "a", 1.0),
        ("mixture", 1000, 10, "a", 4.0),
        ("mixture[k=50]", 1000, 50, "a", 5.0),
        ("mixture[n=2000,k=50]", 2000, 50, "a", 9.0),
        ("mixture[n=4000]", 4000, 10, "a", 16.0),
        ("iris", 150, 3, "a", 0.1),
    )
    views, pyperf = chart_data.growth(timings[:0], timings, ["a"], RATIO)
    assert pyperf
    assert [view.title for view in views] == [
        "mixture, n from 500 to 4000",
        "mixture[k=50], n from 1000 to 2000",
        "all cases",
    ]
    assert views[0].columns["x"] == [500, 1000, 4000]
    assert views[2].columns["joined"] == 0
    assert views[0].axes["x"]["log"][2] == [500, 1000, 4000]


def test_without_timings_the_traced_runs_are_shown_and_named_so():
    traces = timed(("x", 10, 1, "a", 1.0), ("x[n=20]", 20, 1, "a", 2.0))
    views, pyperf = chart_data.growth(traces, traces[:0], ["a"], RATIO)
    assert not pyperf
    assert len(views) == 2


def test_the_front_is_those_whom_nobody_beats_in_both():
    names = ["label", "seconds", "score", "score_low", "score_high", "ok", "runs"]
    board = pd.DataFrame(
        [
            ("fast", 1.0, 1.5, 1.4, 1.6, 5, 5),
            ("good", 9.0, 1.1, 1.0, 1.2, 5, 5),
            ("beaten", 9.5, 1.4, 1.3, 1.5, 5, 5),
            ("failing", 0.5, 1.0, 1.0, 1.0, 4, 5),
            ("untimed", np.nan, 1.0, 1.0, 1.0, 5, 5),
        ],
        columns=names,
    )
    view = only(chart_data.trade(board, list(board["label"]), RATIO))
    assert view.labels == [0, 1, 2, 3]
    assert view.columns["front"] == [1, 1, 0, 0]
    assert view.columns["named"] == [1, 2, 0, 0]  # on the right there is no room for the second


def test_a_solver_looks_the_same_in_every_chart():
    labels = [f"solver {i}" for i in range(20)]
    board = pd.DataFrame({"label": labels, "seconds": 1.0, "score": 1.1, "ok": 1, "runs": 1})
    board = board.assign(score_low=1.0, score_high=1.2)
    timings = timed(*[(f"x[n={n}]", n, 1, label, 1.0) for label in labels for n in (10, 20)])
    timings["values"], timings["problem"] = [[1.0, 2.0]] * len(timings), "demo"
    traces = pd.concat([traced([[1.0, 1, 20.0]], label=label) for label in labels])
    made, absent = charts(Drawer(looks(labels), RATIO), RATIO, (board, traces, timings), labels)
    assert not absent
    assert [chart.name for chart in made] == ["trade", "quality", "growth", "spread"]
    signs = []
    for chart in made:
        rows = next(data for data in on_paper(chart)["data"] if data["name"] == "rows")["values"]
        signs.append({row["label"]: (row["paint"], row["shape"], row["dash"]) for row in rows})
    assert set(signs[0]) == set(labels)
    assert all(shown == signs[0] for shown in signs)
