"""What the charts show, against examples worked by hand."""

import numpy as np
import pandas as pd
import pytest

from harness.report import chart_data
from harness.report.charts import Drawer, charts
from harness.report.palette import COLOURS, looks
from harness.report.subjects import ProblemFacts

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
    assert view.columns["seconds"] == [2.0, 8.0, 16.0]
    assert view.columns["above"] == pytest.approx([2.0, 0.2, 0.1])
    assert view.columns["last"] == [0, 0, 1]


def test_a_run_without_answers_counts_as_the_worst():
    assert chart_data.curves(traced([[1.0, 1, 20.0]], []), ["a"], RATIO) == []


def test_where_the_best_answer_counts_a_worse_one_later_does_not():
    best = ProblemFacts("demo", "demo", counts="best", compare="difference")
    view = only(chart_data.curves(traced([[1.0, 1, 12.0], [2.0, 2, 30.0]]), ["a"], best))
    assert view.columns["above"] == [2.0, 2.0]


def test_curves_are_thinned_but_keep_their_ends():
    points = [[float(t), t, 10.0 + 1 / t] for t in range(1, 5000)]
    view = only(chart_data.curves(traced(points), ["a"], GAP))
    assert len(view.labels) <= 48
    assert view.columns["seconds"][0] == 1.0
    assert view.columns["seconds"][-1] == 4999.0


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1e-6, 1.0, [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]),
        (0.9, 12.0, [1.0, 2.0, 5.0, 10.0]),
        (2.1, 2.6, [2.1, 2.6]),
    ],
)
def test_ticks_are_round_numbers_within_the_range(low, high, ticks):
    assert chart_data.ticks(low, high) == pytest.approx(ticks)


def test_zeros_lie_on_a_floor_below_all_else():
    view = chart_data.View("v", [0, 0], {"above": [0.0, 0.004]})
    chart_data.set_y(view, "above")
    assert view.signals["floor"] == 0.001
    assert view.signals["cut"]


def test_an_axis_of_one_number_has_an_extent():
    view = chart_data.View("v", [0], {"seconds": [3.0]})
    chart_data.set_x(view, "seconds")
    assert view.signals["left"] < 3.0 < view.signals["right"]


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
    assert views[0].columns["size"] == [500, 1000, 4000]
    assert set(views[2].columns["joined"]) == {0}
    assert views[0].signals["xticks"] == [500, 1000, 4000]


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
    ranges = [
        scale["range"]
        for chart in made
        for scale in chart.spec["scales"]
        if scale["name"] in ("color", "fill")
    ]
    assert len(ranges) > len(made)
    assert all(shown == ranges[0] for shown in ranges)


def test_no_two_of_sixty_solvers_look_alike():
    shown = looks([str(i) for i in range(60)]).values()
    assert len({(look.colour, look.shape, look.dash) for look in shown}) == 60
    assert len({look.colour for look in list(shown)[:8]}) == len(COLOURS) == 8
