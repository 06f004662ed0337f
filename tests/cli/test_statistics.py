"""`bench statistics`: the list, the findings in every format, and what can't be computed."""

import csv
import io
import re
from pathlib import Path

import pytest

from harness.findings import GROUPS, Column, Finding, NotApplicable, Statistic

from .test_compare import write

SAMPLE = Path(__file__).parents[2] / "results/sample"


class Sure(Statistic):
    """Says always the same."""

    title = "Sure <b>"
    group = "time"
    source = "Somebody, 2020"
    leading = True

    def compute(self, board):
        columns = (
            Column("label", "Solver", "solver"),
            Column("value", "Time", "time", "low", "high"),
            Column("share", "Share", "share"),
        )
        rows = [
            {"label": "a|b", "value": 0.0123, "low": 0.01, "high": 0.02, "share": 0.5},
            {"label": "c\x1b[2J", "value": float("inf"), "low": None, "high": None, "share": None},
        ]
        return Finding("It is <sure> of 5 %.", columns, rows, notes=("Only | once.",))


class Unfit(Statistic):
    """Is never applicable."""

    title = "Unfit"

    def compute(self, board):
        raise NotApplicable("Nothing was timed.")


class Broken(Statistic):
    """Has a fault."""

    title = "Broken"

    def compute(self, board):
        raise ZeroDivisionError("by\nzero")


@pytest.fixture
def shelf(bench, tmp_path, monkeypatch):
    """Three statistics, on results of two solvers."""
    write(tmp_path / "results")
    made = {"sure": Sure(), "unfit": Unfit(), "broken": Broken()}
    monkeypatch.setattr("harness.statistics.shelf.statistics_of", lambda catalogue: (made, []))
    return bench


def test_the_list_has_every_statistic(bench):
    said = bench("statistics", "--list", "--format", "json")
    assert said.code == 0
    names = {one["name"] for one in said.json}
    assert "performance_profile" in names
    assert all(one["group"] in GROUPS and one["title"] for one in said.json)
    text = bench("statistics", "--list").out
    assert names <= set(text.split())
    rows = list(csv.DictReader(io.StringIO(bench("statistics", "--list", "--format", "csv").out)))
    assert {row["name"] for row in rows} == names


def test_what_leads_is_shown_where_nothing_is_named(shelf):
    said = shelf("statistics")
    assert said.code == 0
    lines = [line.rstrip() for line in said.out.splitlines()]
    assert lines[0] == "Sure <b>"
    assert lines[1] == "  It is <sure> of 5 %."
    assert lines[2].split() == ["Solver", "Time", "95", "%", "Share"]
    assert lines[3].split() == ["a|b", "12.3", "ms", "10.0–20.0", "ms", "50", "%"]
    assert lines[4].split() == ["c\N{REPLACEMENT CHARACTER}[2J", "never", "–", "–"]
    assert lines[5] == "  ! Only | once."
    assert "Unfit" not in said.out


def test_what_the_records_do_not_allow_is_said(shelf):
    said = shelf("statistics", "-S", "unfit")
    assert said.code == 0
    assert said.out.splitlines() == ["Unfit", "  Nothing was timed."]


def test_one_that_fails_costs_only_itself(shelf):
    said = shelf("statistics", "--all")
    assert said.code == 0
    assert "Sure <b>" in said.out
    assert "ZeroDivisionError: by zero" in said.err
    assert "Broken\n  It fails on these records" in said.out


def test_markdown_has_no_markup_of_others(shelf):
    said = shelf("statistics", "--format", "markdown").out
    assert said.startswith("### Sure &lt;b>\n\nIt is &lt;sure> of 5 %.\n\n| Solver | Time |")
    assert "| a\\|b | 12.3 ms | 10.0–20.0 ms | 50 % |" in said
    assert "\x1b" not in said


def test_csv_has_all_digits_and_the_ends(shelf):
    rows = list(csv.DictReader(io.StringIO(shelf("statistics", "--format", "csv").out)))
    assert rows[0] == {
        "problem": "p",
        "statistic": "sure",
        "label": "a|b",
        "value": "0.0123",
        "low": "0.01",
        "high": "0.02",
        "share": "0.5",
    }
    assert rows[1]["value"] == "inf"
    assert rows[1]["low"] == ""


def test_json_has_the_whole_finding(shelf):
    sure, unfit, broken = shelf("statistics", "--all", "--format", "json").json
    assert sure["rows"][0]["value"] == 0.0123
    assert sure["rows"][1]["value"] is None
    assert sure["columns"][1]["low"] == "low"
    assert sure["notes"] == ["Only | once."]
    assert unfit["why_not"] == "Nothing was timed."
    assert broken["summary"] is None


def test_output_writes_a_file(shelf, tmp_path):
    assert shelf("statistics", "-o", "out.txt").out == ""
    assert (tmp_path / "out.txt").read_text().startswith("Sure")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["-S", "sur"], 2, "did you mean sure"),
        (["-S", "zzz"], 2, "--list"),
        (["q"], 2, "no results of 'q'"),
        (["--machine", "boxx"], 2, "did you mean boxa"),
        (["--results", "none"], 3, "bench run"),
    ],
)
def test_misuse_says_what_to_do(shelf, arguments, code, told):
    said = shelf("statistics", *arguments)
    assert said.code == code
    assert told in said.err


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_terminal_is_not_overrun(bench, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("harness.cli.table.terminal", lambda: True)
    said = bench("statistics", "-S", "performance_profile", "--results", SAMPLE)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said.out).splitlines()
    assert max(map(len, lines)) <= width
    assert any("fasterpam" in line for line in lines)
    assert any("95 %" in line for line in lines)
