"""`bench merge`: what it says, and its exit codes."""

import json
import shutil
from pathlib import Path

from harness.record import Record
from harness.store import RunFolder


def record(seed):
    """A record with what is needed."""
    return Record("trace", "p", "s", "s", "paper", {}, "c", "i", {}, seed, "ok", cost=1.0)


def write(results, *records, machine="box"):
    """A folder of one run with these records; returns its path."""
    folder = RunFolder(results, {"machine": machine})
    for each in records:
        folder.append(each)
    folder.close()
    return folder.path


def add_line(path, line):
    """Append a raw line to the records of a run."""
    with (path / "records.jsonl").open("ab") as file:
        file.write(line)


def test_runs_of_two_machines_are_joined(bench, tmp_path):
    write(tmp_path / "a", record(0), record(1), machine="slow")
    write(tmp_path / "b", record(0), machine="fast")
    said = bench("merge", "a", "b", "--into", "all")
    assert said.code == 0
    assert "2 runs with 3 records of 2 machines joined in all" in said.out
    assert said.out.count(": copied\n") == 2
    assert bench("table", "--results", "all", "--machine", "slow").code == 0
    again = bench("merge", "a", "b", "--into", "all")
    assert again.code == 0
    assert again.out.count(": already there\n") == 2
    assert "2 runs with 3 records of 2 machines joined in all" in again.out


def test_a_conflict_has_an_exit_code_of_its_own(bench, tmp_path):
    path = write(tmp_path / "a", record(0))
    write(tmp_path / "a", record(1))
    bench("merge", "a", "--into", "all")
    (path / "run.json").write_text(json.dumps({"schema": 1, "machine": "other"}))
    said = bench("merge", "a", "--into", "all")
    assert said.code == 3
    assert f"{path} is refused: all/{path.name} has the same name" in said.err
    assert "1 run with 1 record of 1 machine joined in all; 1 refused" in said.out


def test_as_json(bench, tmp_path):
    path = write(tmp_path / "a", record(0))
    said = bench("merge", "a", path, "--into", "all", "--format", "json")
    assert (said.json["runs"], said.json["records"], said.json["machines"]) == (1, 1, ["box"])
    assert [each["outcome"] for each in said.json["outcomes"]] == ["copied", "already there"]


def test_unreadable_lines_are_told_and_copied(bench, tmp_path):
    path = write(tmp_path / "a", record(0))
    add_line(path, b"garbage\n")
    said = bench("merge", "a", "--into", "all")
    assert said.code == 0
    assert "line 2 is no record" in said.err
    copy = Path("all") / path.name / "records.jsonl"
    assert copy.read_bytes() == (path / "records.jsonl").read_bytes()


def test_misuse(bench, tmp_path):
    assert bench("merge", "--into", "all").code == 2
    assert bench("merge", "a").code == 2
    said = bench("merge", "none", "--into", "all")
    assert said.code == 3
    assert "none: there is no such folder" in said.err
    shutil.rmtree(tmp_path / "all", ignore_errors=True)
