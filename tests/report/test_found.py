"""What statistics find, as pages show it: written, cut, and a fault that costs only itself."""

import csv
import dataclasses
import math

import pytest

from harness.findings import Column, Finding, NotApplicable, Statistic
from harness.report.charts import Drawer
from harness.report.found import MOST_FOLDED_ROWS, findings
from harness.report.palette import looks
from harness.report.subjects import ProblemFacts

LABELS = ["a", "b", "c"]
COLUMNS = (
    Column("label", "Solver", "solver"),
    Column("x", "X", "time", "low", "high", better="low"),
    Column("say", "Said", "text"),
)
ROWS = (
    {"label": "a", "x": 0.0123, "low": 0.01, "high": math.inf, "say": "=1+1"},
    {"label": "b", "x": math.inf, "say": None},
    {"label": "gone", "x": None, "low": None, "high": None},
    {"label": "c", "x": math.nan, "low": math.nan, "high": 3.0, "say": "<b>"},
)


def made(finding=None, error=None, leading=False, title="Made up"):
    class Made(Statistic):
        def compute(self, board):
            if error is not None:
                raise error
            return finding

    Made.title, Made.leading = title, leading
    return Made()


def run(**statistics):
    styles = looks(LABELS)
    drawer = Drawer(styles, ProblemFacts("demo", "demo"), "demo")
    return findings(None, statistics, drawer, styles)


def test_numbers_are_written_by_their_form_and_sorted_by_their_value():
    (one,) = run(made=made(Finding("It is so.", COLUMNS, ROWS))).found
    texts = [[cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in one.rows]
    assert texts == [
        ["a", "12.3 ms", "=1+1"],
        ["b", "never", "–"],
        ["gone", "–", "–"],
        ["c", "–", "<b>"],
    ]
    assert [row[1].sort for row in one.rows] == ["0.0123", "Infinity", "", ""]
    assert one.rows[0][1].interval.replace("\N{NO-BREAK SPACE}", " ") == "10.0 ms–never"
    assert [row[1].interval for row in one.rows[1:]] == ["", "", ""]
    assert [row[0].label for row in one.rows] == ["a", "b", "", "c"]


@pytest.mark.parametrize(
    ("better", "values", "best"),
    [
        ("low", [2.0, 1.0, 1.0], [False, True, True]),
        ("high", [2.0, 1.0, math.inf], [True, False, False]),
        ("low", [1.0, 1.0, 1.0], [False, False, False]),  # all alike: none stands out
        ("", [2.0, 1.0, 3.0], [False, False, False]),
        ("low", [math.nan, math.inf, None], [False, False, False]),
    ],
)
def test_the_best_of_a_column_stands_out(better, values, best):
    column = Column("x", "X", "number", better=better)
    rows = [{"x": value} for value in values]
    (one,) = run(made=made(Finding("", (column,), rows))).found
    assert [row[0].best for row in one.rows] == best


def test_a_long_table_is_cut_and_its_file_is_whole():
    rows = [{"label": f"s{i}", "x": float(i), "low": 0.0, "high": 1.0} for i in range(100)]
    (one,) = run(made=made(Finding("", COLUMNS[:2], rows))).found
    assert (len(one.rows), one.total) == (MOST_FOLDED_ROWS, 100)
    table = list(csv.reader(one.table.splitlines()))
    assert table[0] == ["label", "x", "low", "high"]
    assert len(table) == 101
    assert table[-1] == ["s99", "99.0", "0.0", "1.0"]


def test_what_is_missing_is_empty_in_the_file_and_nothing_in_it_is_a_formula():
    (one,) = run(made=made(Finding("", COLUMNS, ROWS))).found
    table = list(csv.reader(one.table.splitlines()))
    assert table[1] == ["a", "0.0123", "0.01", "inf", "'=1+1"]
    assert table[2] == ["b", "inf", "", "", ""]
    assert table[4] == ["c", "", "", "3.0", "<b>"]


def test_a_statistic_that_fails_costs_only_itself():
    fine = made(Finding("Fine."), title="Fine")
    found = run(
        one=made(error=NotApplicable("There is one case only.")),
        two=made(error=ZeroDivisionError("by <b>")),
        three=made(finding="no finding"),
        four=fine,
    )
    assert [one.name for one in found.found] == ["four"]
    whys = {one.name: one.why for one in found.absent}
    assert whys["one"] == "There is one case only."
    assert "ZeroDivisionError: by <b>" in whys["two"]
    assert "fault of the statistic" in whys["three"]


def test_the_leading_ones_stand_apart_from_those_of_the_groups():
    found = run(one=made(Finding("A."), leading=True), two=made(Finding("B.")))
    assert [one.name for one in found.leading] == ["one"]
    assert [(key, [one.name for one in ones]) for key, _, ones in found.groups] == [
        ("ranking", ["two"])
    ]


def test_a_found_thing_is_plain_data():
    (one,) = run(made=made(Finding("It is so.", COLUMNS, ROWS, notes=("Mind.",)))).found
    assert dataclasses.asdict(one)["notes"] == ("Mind.",)
    assert one.is_name(COLUMNS[0])
    assert not one.is_name(COLUMNS[1])
