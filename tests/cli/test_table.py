"""`bench table` in every format."""

import csv
import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from harness.record import FLAGS

from .conftest import TOYS


@pytest.fixture
def results(bench):
    assert bench("run", "toy_batch", "-n", 2, "--no-timings", "--plugin", TOYS).code == 0
    return bench


def test_text_shows_the_ranking(results):
    said = results("table")
    assert said.code == 0
    assert said.out.index("scan") < said.out.index("guess")


@pytest.mark.parametrize("what", ["leaderboard", "cases", "records", "traces", "timings"])
def test_every_table_comes_in_every_format(results, tmp_path, what):
    frame = pd.DataFrame(json.loads(results("table", "--what", what, "--format", "json").out))
    rows = list(
        csv.DictReader(io.StringIO(results("table", "--what", what, "--format", "csv").out))
    )
    assert len(rows) == len(frame)
    assert results("table", "--what", what, "--format", "markdown").out.startswith("###")
    pytest.importorskip("pyarrow")
    path = tmp_path / "table.parquet"
    assert results("table", "--what", what, "--format", "parquet", "-o", path).code == 0
    assert len(pd.read_parquet(path)) == len(frame)


def test_the_leaderboard_as_json_has_ranks_scores_and_statuses(results):
    board = json.loads(results("table", "--format", "json").out)
    assert [row["label"] for row in board] == ["scan", "guess"]
    first = board[0]
    assert first["rank"] == 1
    assert first["score_low"] <= first["score"] <= first["score_high"]
    assert first["ok"] == first["runs"] == 4


def test_parquet_needs_a_file(results):
    said = results("table", "--format", "parquet")
    assert said.code == 2
    assert "--output" in said.err


def test_no_results_is_said(bench):
    said = bench("table")
    assert said.code == 3
    assert "bench run" in said.err


def test_an_unknown_problem_names_the_nearest(results):
    said = results("table", "toy_bach")
    assert said.code == 2
    assert "toy_batch" in said.err


def test_a_torn_line_is_reported_and_the_rest_is_shown(results, tmp_path):
    (path,) = (tmp_path / "results").glob("*/records.jsonl")
    path.write_bytes(path.read_bytes()[:-10])
    said = results("table")
    assert said.code == 0
    assert "torn" in said.err
    assert "scan" in said.out


def test_a_newer_schema_is_refused_in_a_sentence(results, tmp_path):
    (path,) = (tmp_path / "results").glob("*/run.json")
    header = json.loads(path.read_text())
    path.write_text(json.dumps({**header, "schema": 99}))
    said = results("table")
    assert "newer" in said.err
    assert "install a newer bench-harness" in said.err


def test_output_writes_a_file(results, tmp_path):
    assert results("table", "--format", "csv", "-o", tmp_path / "out.csv").out == ""
    assert "scan" in (tmp_path / "out.csv").read_text()


def test_the_published_sample_is_read_without_complaint(bench):
    said = bench("table", "k_medoids", "--results", Path(__file__).parents[2] / "results/sample")
    assert said.code == 0
    assert said.err == ""
    assert "fasterpam" in said.out


# --- warnings and counters ---------------------------------------------------------------------


@pytest.fixture
def flagged(results, tmp_path):
    """The results with the flags and counters that a test gives them, whatever the machine did."""
    (path,) = (tmp_path / "results").glob("*/records.jsonl")

    def change(edit):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        for row in rows:
            row.update(flags=[], instructions=None, precision=None, verified=None)
            edit(row)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return results

    return change


def scan_is_disturbed(row):
    if row["label"] == "scan":
        row["flags"] = ["disturbed: load 3; of others", "clock: 4 % apart"]
        row["instructions"], row["precision"] = 12_300_000, 0.031


def test_flagged_solvers_are_marked_and_the_warnings_are_below(flagged):
    said = flagged(scan_is_disturbed)("table")
    lines = said.out.splitlines()
    (scan,) = (line for line in lines if " scan " in line)
    (guess,) = (line for line in lines if " guess " in line)
    assert scan.index("!") < scan.index("scan")
    assert "!" not in guess
    assert scan.index("scan") == guess.index("guess")
    below = [line.strip() for line in lines if line.strip().startswith("! ")]
    assert below == [
        f"! scan: clock on 4 of 4 traced runs ({FLAGS['clock']})",
        f"! scan: disturbed on 4 of 4 traced runs ({FLAGS['disturbed']})",
    ]
    assert "\x1b" not in said.out


def test_without_flags_and_counters_there_are_no_columns_for_them(flagged):
    results = flagged(lambda row: None)
    for what in ("leaderboard", "cases"):
        said = results("table", "--what", what).out
        for absent in ("!", "±", "instructions", "timing"):
            assert absent not in said


def test_many_warnings_are_cut_and_all_are_in_the_view_of_flags(flagged):
    names = [f"kind{i}" for i in range(9)]
    bench = flagged(lambda row: row.update(flags=[f"{name}: so" for name in names]))
    below = [line for line in bench("table").out.splitlines() if line.startswith("  ! ")]
    assert len(below) == 6
    assert below[-1] == "  ! and 13 more: bench table --flags"
    view = bench("table", "--flags").out
    assert all(view.count(f" {name} ") == 2 for name in names)
    assert view == bench("table", "--what", "flags").out


def test_a_flag_of_many_solvers_takes_one_line(flagged):
    def edit(row):
        row["label"] = f"{row['label']}{row['seed']}"
        row["flags"] = ["warm: 9 times"]

    below = [line for line in flagged(edit)("table").out.splitlines() if line.startswith("  ! ")]
    assert len(below) == 1
    assert below[0].startswith("  ! warm: 4 solvers, most on ")


def test_the_view_of_flags_may_be_empty(flagged):
    results = flagged(lambda row: None)
    assert results("table", "--flags").out.strip() == "no row carries a warning"
    assert results("table", "--flags", "--format", "json").json == []
    assert results("table", "--flags", "--format", "csv").out.startswith("problem,label,flag,rows")


def test_flat_formats_join_flags_and_leave_missing_counters_empty(flagged):
    bench = flagged(scan_is_disturbed)

    def rows(what):
        said = bench("table", "--what", what, "--format", "csv").out
        return {row["label"]: row for row in csv.DictReader(io.StringIO(said))}

    records = rows("records")
    assert records["scan"]["flags"] == "disturbed: load 3; of others; clock: 4 % apart"
    assert records["guess"]["flags"] == ""
    for what in ("records", "cases"):
        made = rows(what)
        assert made["guess"]["instructions"] == ""
        assert float(made["scan"]["instructions"]) == 12_300_000
    cases = rows("cases")
    assert cases["scan"]["flags"] == "clock (2): 4 % apart; disturbed (2): load 3; of others"
    assert cases["guess"]["precision"] == cases["scan"]["precision"] == ""  # of timings only
    assert rows("leaderboard")["guess"]["flags"] == ""


def test_json_keeps_flags_as_lists_and_missing_counters_null(flagged):
    bench = flagged(scan_is_disturbed)
    records = {
        row["label"]: row for row in bench(*"table --what records --format json".split()).json
    }
    assert records["scan"]["flags"] == ["disturbed: load 3; of others", "clock: 4 % apart"]
    assert records["guess"]["flags"] == []
    for name in ("instructions", "precision", "verified"):
        assert name in records["guess"]
    assert records["guess"]["instructions"] is None
    board = {row["label"]: row for row in bench("table", "--format", "json").json}
    assert [one["flag"] for one in board["scan"]["flags"]] == ["clock", "disturbed"]
    assert board["scan"]["flags"][0]["rows"] == 4


def test_names_that_would_steer_a_terminal_or_markdown_are_plain(flagged):
    nasty = "a\x1b[2Jb|c<script>\n### d"
    bench = flagged(lambda row: row.update(label=nasty, message=nasty, flags=[f"{nasty}: {nasty}"]))
    for arguments in ((), ("--what", "cases"), ("--what", "records"), ("--flags",)):
        said = bench("table", *arguments).out
        assert "\x1b" not in said
        marked = bench("table", *arguments, "--format", "markdown").out
        assert not {"\x1b", "<"} & set(marked)
        heads = [line for line in marked.splitlines() if line.startswith("#")]
        assert len(heads) == 1
        rows = [line for line in marked.splitlines() if line.startswith("|")]
        counts = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
        assert len(counts) == 1


@pytest.mark.parametrize("width", [40, 80, 120, 300])
@pytest.mark.parametrize("what", ["leaderboard", "cases", "flags"])
def test_a_terminal_of_any_width_is_not_overrun(flagged, monkeypatch, width, what):
    bench = flagged(scan_is_disturbed)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("harness.cli.table.terminal", lambda: True)
    said = bench("table", "--what", what).out
    lines = re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines()
    assert max(map(len, lines)) <= width
    assert any("scan" in line for line in lines)
    narrow = {"leaderboard": 75, "cases": 110, "flags": 0}
    assert ("no room for" in said) == (width < narrow[what])
    if what != "flags":
        assert any(line.lstrip().startswith("! ") for line in lines)


def test_runs_under_different_limits_are_told_of(bench):
    for solver, timeout in (("guess", 20), ("scan", 30)):
        limit = ("--timeout", timeout, "--no-timings", "--plugin", TOYS)
        assert bench("run", "toy_batch", "-s", solver, "-n", 1, *limit).code == 0
    said = bench("table")
    assert "toy_batch: Not all runs had the same limits: timeout 20 s" in said.err
    bench("report", "--plugin", TOYS)
    html = Path("site/problems/toy_batch.html").read_text()
    assert "Not all runs had the same limits" in html
