"""Plots of statistics as charts, against examples worked by hand."""

import math

import numpy as np
import pytest

from harness.findings import PLOTS, Axis, Finding, Plot
from harness.report import plots, specs
from harness.report.charts import Drawer
from harness.report.palette import looks
from harness.report.plots import finding_charts
from harness.report.subjects import ProblemFacts

from . import gallery

DEMO = ProblemFacts("demo", "demo")


def drawn(plot, labels=("a", "b", "c")):
    return finding_charts(Finding("", plots=(plot,)), "stat", Drawer(looks(labels), DEMO, "demo"))


def only(plot, labels=("a", "b", "c")):
    (chart,) = drawn(plot, labels)
    (view,) = chart.views
    return chart, view


def plot(kind, x=None, y=None, **more):
    columns = more.pop("columns")
    return Plot(kind, "p", "A plot", x or Axis("x"), y or Axis("y"), columns, **more)


def test_every_kind_of_plot_is_drawn():
    made = gallery.charts(gallery.plots())
    assert {chart.kind for chart in made} == set(PLOTS) == set(plots._KINDS)
    assert set(PLOTS) <= set(specs.kinds())
    assert len({chart.name for chart in made}) == len(made)
    assert all(chart.name.startswith("made-up-") for chart in made)


def test_a_kind_that_there_is_not_is_an_error():
    with pytest.raises(ValueError, match="lines, intervals, ranks, matrix, not 'pie'"):
        drawn(plot("pie", columns={"label": []}))


def test_columns_of_different_lengths_are_an_error():
    with pytest.raises(ValueError, match=r"differ in length: .*'x': 2"):
        drawn(plot("intervals", columns={"label": ["a"], "x": [1.0, 2.0]}))


def test_views_are_cut_by_their_column_in_the_order_of_their_first_rows():
    columns = {
        "label": ["a", "b", "a", "b"],
        "x": [1.0, 2.0, 3.0, 4.0],
        "view": ["late", "early", "late", "early"],
    }
    (chart,) = drawn(plot("intervals", columns=columns, picker="case"))
    assert chart.picker == "case"
    assert [(view.title, view.labels, view.column("x")) for view in chart.views] == [
        ("late", [0, 0], [1.0, 3.0]),
        ("early", [1, 1], [2.0, 4.0]),
    ]


def test_what_is_not_finite_or_of_a_stranger_is_left_out():
    columns = {
        "label": ["a", "b", "c", "stranger", "a"],
        "x": [1.0, math.inf, math.nan, 1.0, None],
        "low": [0.5, 1.0, 1.0, 1.0, 1.0],
        "high": [math.inf, 1.0, 1.0, 1.0, 1.0],
    }
    _, view = only(plot("intervals", columns=columns))
    assert view.labels == [0]
    assert view.columns == {"x": [1.0], "low": [0.5], "high": [None], "place": [0]}
    assert drawn(plot("intervals", columns={"label": ["a"], "x": [math.inf]})) == []
    assert drawn(plot("lines", columns={"label": [], "x": [], "y": []})) == []


@pytest.mark.parametrize(("best_first", "places"), [("abc", [0, 1, 1]), ("cba", [1, 0, 0])])
def test_intervals_stand_best_first_as_the_table_has_it(best_first, places):
    one = plot("intervals", columns={"label": ["a", "b", "c"], "x": [1.0, 2.0, 2.0]})
    rows = [{"label": label} for label in best_first]
    finding = Finding("", rows=rows, plots=(one,))
    (chart,) = finding_charts(finding, "stat", Drawer(looks("abc"), DEMO, "demo"))
    assert chart.views[0].columns["place"] == places


def test_a_time_is_the_better_the_smaller_whatever_the_table_says():
    one = plot("intervals", x=Axis("t", "time"), columns={"label": ["a", "b"], "x": [1.0, 2.0]})
    finding = Finding("", rows=[{"label": "b"}, {"label": "a"}], plots=(one,))
    (chart,) = finding_charts(finding, "stat", Drawer(looks("ab"), DEMO, "demo"))
    assert chart.views[0].columns["place"] == [0, 1]


def test_a_line_is_thinned_and_short_ones_have_marks():
    x = list(range(1, 5001))
    columns = {"label": ["a"] * 5000 + ["b"] * 2, "x": [*x, 1, 5000], "y": [*x, 3, 3]}
    _, view = only(plot("lines", columns=columns))
    of_a = [i for i, label in enumerate(view.labels) if label == 0]
    assert len(of_a) <= 400
    assert view.columns["x"][of_a[0]] == 1
    assert view.columns["x"][of_a[-1]] == 5000
    assert [view.columns["dot"][i] for i in of_a] == [0] * (len(of_a) - 1) + [1]
    assert view.columns["dot"][-2:] == [1, 1]


def test_many_solvers_keep_a_view_bounded():
    labels = [f"s{i}" for i in range(200)]
    columns = {
        "label": [label for label in labels for _ in range(500)],
        "x": list(range(500)) * 200,
        "y": np.random.default_rng(1).random(100_000).tolist(),
    }
    _, view = only(plot("lines", columns=columns), labels)
    assert len(view.labels) <= plots.MOST_ROWS
    assert set(view.labels) == set(range(200))


def test_bands_are_drawn_at_rest_only_where_they_are_few():
    few, many = (gallery.charts([gallery.lines(x)], x)[0] for x in ("ab", "abcdefgh"))
    assert few.signals["bands"]
    assert few.note.endswith("by itself.")
    assert not many.signals["bands"]
    assert many.note.endswith("They show for solvers that are pointed at or chosen.")


def test_ranks_stand_left_and_right_so_that_no_line_crosses():
    columns = {"label": ["c", "a", "b"], "x": [2.9, 1.2, 1.9]}
    chart, view = only(
        plot("ranks", columns=columns, bars=((1.2, 1.9), (1.5, 2.9), (1.95, 2.9)), difference=0.8)
    )
    solvers = [i for i, part in enumerate(view.columns["part"]) if part == 0]
    told = [[view.column(name)[i] for name in ("x", "side", "level", "alone")] for i in solvers]
    assert [view.labels[i] for i in solvers] == [0, 1, 2]
    assert told == [[1.2, -1, 0, 0], [1.9, -1, 1, 1], [2.9, 1, 0, 2]]
    bars = [i for i, part in enumerate(view.columns["part"]) if part == 1]
    assert [[view.column(name)[i] for name in ("x", "last", "level")] for i in bars] == [
        [1.2, 1.9, 0],
        [1.5, 2.9, 1],
        [1.95, 2.9, 0],  # where the first has ended
    ]
    assert view.column("last")[-1] == pytest.approx(1.8)
    assert view.signals["said"] == "critical difference 0.8"
    assert view.axes["x"]["linear"][:2] == [1.0, 3.0]
    assert chart.switches == []


def test_one_solver_alone_has_a_rank():
    _, view = only(plot("ranks", columns={"label": ["a"], "x": [1.0]}))
    assert view.axes["x"]["linear"][:2] == [1.0, 2.0]
    assert view.height > 0


def test_a_matrix_keeps_the_order_of_the_board_and_lies_around_its_middle():
    columns = {"row": ["b", "a", "c"], "column": ["a", "c", "b"], "value": [0.9, 0.4, None]}
    _, view = only(plot("matrix", columns=columns, middle=0.5))
    assert view.signals["rownames"] == ["#a", "#b"]
    assert view.signals["columnnames"] == ["#a", "#c"]
    assert (view.signals["low"], view.signals["high"]) == pytest.approx((0.1, 0.9))
    assert view.signals["ramp1"] == "var(--ramp-middle)"


def test_a_matrix_of_probabilities_has_no_colours_beyond_one():
    columns = {"row": ["a", "b"], "column": ["b", "a"], "value": [0.001, 0.9]}
    _, view = only(plot("matrix", x=Axis("p", "probability"), columns=columns, middle=0.05))
    assert [view.signals[name] for name in ("low", "middle", "high")] == [0.0, 0.05, 0.9]
    _, ratio = only(plot("matrix", x=Axis("r", "ratio"), columns=columns, middle=0.05))
    assert ratio.signals["low"] == pytest.approx(-0.8)


def test_a_matrix_of_equal_values_has_a_scale():
    columns = {"row": ["a", "b"], "column": ["b", "a"], "value": [2.0, 2.0]}
    _, view = only(plot("matrix", columns=columns))
    assert view.signals["low"] < 2.0 < view.signals["high"]
    assert not view.signals["diverging"]


def test_a_matrix_of_too_many_shows_the_first_and_says_so():
    names = [f"s{i:03}" for i in range(130)]
    columns = {"row": names, "column": names[::-1], "value": [0.5] * 130}
    chart, view = only(plot("matrix", columns=columns, note="Ties count half."), names)
    assert len(view.signals["rownames"]) <= plots.MOST_CELLS
    assert chart.note == "Ties count half. The first 100 are shown."


@pytest.mark.parametrize("count", [1, 2, 60, 200])
def test_charts_of_any_number_of_solvers_are_made(count):
    labels = [f"s{i}" for i in range(count)]
    made = gallery.charts(gallery.plots(labels)[:4], labels)
    assert len(made) == 4
    assert all(len(set(view.labels) - {-1}) == count for chart in made for view in chart.views)


def test_texts_are_made_plain():
    columns = {"label": ["a"], "x": [1.0], "view": ["\x1b[31mred\u202e"]}
    (chart,) = drawn(
        Plot("intervals", "a b/../c", "t\x00", Axis(""), Axis(""), columns, picker="p\n")
    )
    assert chart.name == "stat-a-b-c"
    assert chart.title == "t\N{REPLACEMENT CHARACTER}"
    assert chart.views[0].title == "\N{REPLACEMENT CHARACTER}[31mred\N{REPLACEMENT CHARACTER}"
