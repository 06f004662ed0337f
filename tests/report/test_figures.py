"""The charts' data for the pages, and charts as files."""

import csv
import dataclasses
import io
import json
import re
import xml.etree.ElementTree as ET

import pytest

from harness.findings import Axis, Plot
from harness.report import figures, paper, specs
from harness.report.charts import Drawer
from harness.report.figures import write_data, write_figures
from harness.report.palette import COLOURS, looks
from harness.report.subjects import ProblemFacts
from harness.report.views import View

from . import gallery

CALL = re.compile(r"benchChart\((.*)\);\n", re.DOTALL)


def called(path):
    """The arguments of the one call that a file of data is."""
    return json.loads(f"[{CALL.fullmatch(path.read_text())[1]}]")


def intervals(labels, **more):
    columns = {"label": list(labels), "x": [1.0 + i for i in range(len(labels))]}
    return Plot("intervals", "p", "A plot", Axis("x"), Axis(""), {**columns, **more})


def test_data_is_cut_into_files_of_bounded_size(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "CHUNK", 2000)
    views = [
        View(f"view {i}", [0] * 40, {"x": [i + j / 100 for j in range(40)]}) for i in range(30)
    ]
    drawer = Drawer(looks(["a"]), ProblemFacts("demo", "demo"), "demo")
    chart = drawer.chart("lines", "many", views, title="", fields=[], x=Axis(""), picker="case")
    write_data([chart], tmp_path)
    files = sorted((tmp_path / "data" / "demo").iterdir())
    assert len(files) > 5
    assert max(path.stat().st_size for path in files) < 3500
    found = {}
    for path in files:
        name, told, begin, held = called(path)
        assert name == f"demo/{path.name}"
        assert (told is None) == (path.name != "many.js")
        found |= {begin + i: view["columns"]["x"] for i, view in enumerate(held)}
        if told:
            assert told["starts"][0] == 0
            assert len(told["starts"]) == len(files)
            assert told["views"] == [f"view {i}" for i in range(30)]
    assert [found[i] for i in range(30)] == [view.columns["x"] for view in views]


def test_the_address_of_data_changes_with_it():
    one, same, other = (
        gallery.charts([intervals("ab")], labels)[0] for labels in ("ab", "ab", "ba")
    )
    assert one.source == same.source != other.source
    assert re.fullmatch(r"gallery/made-up-p\.js\?[0-9a-f]{12}", one.source)


def test_hostile_labels_stay_data(tmp_path):
    labels = ["</script><script>alert(1)</script>", "__proto__", "\u2028\u2029", "]});alert(1)//"]
    chart = gallery.charts([intervals(labels)], labels)[0]
    write_data([chart], tmp_path)
    path = tmp_path / "data" / "gallery" / "made-up-p.js"
    assert path.read_bytes().isascii()
    text = path.read_text()
    assert "<" not in text
    assert "__proto__" not in text
    assert called(path)[1]["labels"] == labels


def test_a_specification_is_compiled_once_and_serves_all_charts_of_its_kind(tmp_path, monkeypatch):
    compiled = []
    convert = figures.vl_convert.vegalite_to_vega
    monkeypatch.setattr(
        specs.vl_convert,
        "vegalite_to_vega",
        lambda *args, **more: compiled.append(1) or convert(*args, **more),
    )
    specs.compiled.cache_clear()
    many = gallery.charts([intervals("ab"), gallery.ranks("ab")] * 15, "ab")
    written = write_data(many, tmp_path)
    assert len(compiled) == 2
    assert {path.name for path in written if path.parent.name == "static"} == {
        "kind-intervals.js",
        "kind-ranks.js",
    }


def test_drawing_leaves_the_shared_specification_as_it_was():
    before = json.dumps([specs.compiled("lines"), paper.additions("lines")])
    for chart in gallery.charts([gallery.lines("ab")], "ab"):
        paper.on_paper(chart)
    assert json.dumps([specs.compiled("lines"), paper.additions("lines")]) == before


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    charts = gallery.charts(gallery.plots())
    return folder, charts, write_figures({"problem one": charts}, folder)


def test_every_chart_is_written_in_every_format(written):
    folder, charts, paths = written
    assert len(paths) == len(charts) * 4 == len(set(paths))
    assert {path.parent for path in paths} == {folder / "problem-one"}
    starts = {".svg": b"<svg", ".pdf": b"%PDF-", ".png": b"\x89PNG\r\n", ".csv": b""}
    for path in paths:
        content = path.read_bytes()
        assert content.startswith(starts[path.suffix])
        assert len(content) > 50


def texts(svg):
    return [
        "".join(one.itertext()) for one in ET.fromstring(svg).iter() if one.tag.endswith("text")
    ]


def test_a_figure_on_paper_says_what_it_is(written):
    folder, charts, _ = written
    for chart in charts:
        svg = (folder / "problem-one" / f"{chart.name}.svg").read_text()
        said = texts(svg)
        assert any(one.startswith(chart.title) for one in said)
        assert " ".join(said).find(chart.note[:40]) >= 0
        assert set(gallery.LABELS) <= set(said)
        assert chart.axis in said or not chart.axis
        assert "var(" not in svg
        assert "Helvetica, Arial, Liberation Sans, sans-serif" in svg
        assert 'fill="#ffffff"' in svg


def test_a_figure_has_the_colours_for_light_ground(written):
    folder, _, _ = written
    svg = (folder / "problem-one" / "made-up-profile.svg").read_text()
    styles = looks(gallery.LABELS)
    assert all(COLOURS[look.colour][0] in svg for look in styles.values())
    assert not any(dark in svg for _, dark in COLOURS)


def test_only_what_is_asked_for_is_written(tmp_path):
    charts = gallery.charts([intervals("ab")], "ab")
    assert write_figures({"p": charts}, tmp_path, ["csv"]) == [tmp_path / "p" / "made-up-p.csv"]
    with pytest.raises(ValueError, match="svg, pdf, png, csv, not 'gif'"):
        write_figures({"p": charts}, tmp_path, ["gif"])


def test_the_numbers_of_all_views_are_in_the_csv():
    columns = {"view": ["one", "two"], "low": [0.5, None], "high": [2.0, 3.0]}
    (chart,) = gallery.charts(
        [dataclasses.replace(intervals("ab", **columns), picker="case")], "ab"
    )
    rows = list(csv.reader(io.StringIO(figures.table(chart))))
    assert rows == [
        ["case", "solver", "x", "x: low", "x: high"],
        ["one", "a", "1.0", "0.5", "2.0"],
        ["two", "b", "2.0", "", "3.0"],
    ]


def test_a_spreadsheet_takes_no_label_for_a_formula():
    labels = ['=cmd|" /C calc"!A0', "+1", "-x", "@y", 'quoted, "so"', "line\nbreak", "plain"]
    (chart,) = gallery.charts([intervals(labels)], labels)
    rows = list(csv.reader(io.StringIO(figures.table(chart))))
    assert [row[0] for row in rows[1:]] == [
        *(f"'{label}" for label in labels[:4]),
        *labels[4:],
    ]


def test_bars_are_no_rows_of_the_numbers():
    (chart,) = gallery.charts([gallery.ranks("abc")], "abc")
    rows = list(csv.reader(io.StringIO(figures.table(chart))))
    assert [row[0] for row in rows] == ["solver", "a", "b", "c"]


def test_a_matrix_names_row_and_column():
    (chart,) = gallery.charts([gallery.matrix("ab")], "ab")
    rows = list(csv.reader(io.StringIO(figures.table(chart))))
    assert rows[0] == ["row", "column", "probability of winning"]
    assert [row[:2] for row in rows[1:]] == [["a", "b"], ["b", "a"]]


ODD = {
    "one point": ("lines", {"label": ["a"], "x": [1.0], "y": [2.0]}),
    "zeros on a logarithm": ("lines", {"label": ["a"] * 3, "x": [0, 1, 9], "y": [0, 0.1, 5]}),
    "all zero": ("lines", {"label": ["a"] * 3, "x": [1, 2, 3], "y": [0, 0, 0]}),
    "all equal": ("intervals", {"label": ["a", "b"], "x": [2, 2], "low": [2, 2], "high": [2, 2]}),
    "negative": ("intervals", {"label": ["a", "b"], "x": [-2, 2], "low": [-3, 1], "high": [0, 3]}),
    "infinite": (
        "intervals",
        {"label": ["a", "b"], "x": [1, 2], "low": [1, -1e999], "high": [9, 1e999]},
    ),
    "far apart": ("lines", {"label": ["a"] * 2, "x": [1e-140, 1e140], "y": [-1e149, 1e149]}),
    "one rank": ("ranks", {"label": ["a"], "x": [1.0]}),
    "one cell": ("matrix", {"row": ["a"], "column": ["b"], "value": [0.5]}),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_data_is_drawn(name, tmp_path):
    kind, columns = ODD[name]
    axis = Axis("an axis", log=True)
    charts = gallery.charts([Plot(kind, "odd", "Odd", axis, axis, columns)], "ab")
    (path,) = write_figures({"p": charts}, tmp_path, ["svg"])
    svg = path.read_text()
    assert "NaN" not in svg
    assert "Infinity" not in svg
    write_data(charts, tmp_path)
    called(tmp_path / "data" / "gallery" / "made-up-odd.js")
