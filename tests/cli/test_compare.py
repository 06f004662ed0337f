"""`bench compare`: what can be named, what is said, exit codes, pages."""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from harness.record import Record
from harness.store import RunFolder

SAMPLE = Path(__file__).parents[2] / "results/sample"
PLAIN = {"s": 1.0, "t": 2.0}


def record(kind, label, case, seed, **facts):
    """A record with what is needed."""
    known = {"status": "ok", "environment": "e", "budget": {"timeout": 60.0}, **facts}
    instance = known.pop("instance", f"instance-{case}")
    status = known.pop("status")
    return Record(
        kind, "p", label, label, "paper", {}, case, instance, {"n": 1.0}, seed, status, **known
    )


def write(results, scale=PLAIN, machine="boxa", commit="aaaaaaa1", cases=("c0", "c1"), **facts):
    """A run of two solvers on some cases; `scale` makes a solver's times longer."""
    rng = np.random.default_rng(len(list(results.glob("*"))) if results.exists() else 0)
    environment = {"commit": commit, "python": "CPython 3.11.7", "libraries": {"numpy": commit}}
    header = {"machine": machine, "environments": {commit: environment}, "problems": {"p": {}}}
    folder = RunFolder(results, header)
    for label, factor in scale.items():
        for case in cases:
            for seed in range(3):
                row = {"cost": 2.0 + seed, "environment": commit, **facts}
                folder.append(record("trace", label, case, seed, **row))
            values = (factor * rng.lognormal(0, 0.005, 8)).tolist()
            more = {"values": values, "processes": 8, "environment": commit}
            folder.append(record("timing", label, case, None, **more))
    folder.close(ended="finished")
    return folder.name


@pytest.fixture
def two(bench, tmp_path):
    """Two runs of the same, the second with another commit; their names."""
    return write(tmp_path / "results"), write(tmp_path / "results", commit="bbbbbbb2")


def test_the_same_twice_is_noise(bench, two):
    said = bench("compare", *two)
    assert said.code == 0
    assert "Of 4 comparisons, 0 worse, 4 within noise." in said.out
    assert "what changed" not in said.out
    assert "commit aaaaaaa1 → bbbbbbb2" in said.out
    assert "numpy aaaaaaa1 → bbbbbbb2" in said.out
    assert bench("compare", *two, "--fail-on", "any").code == 0


@pytest.mark.parametrize("fail_on", ["worse", "any", "never"])
@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_a_change_of_time_is_found_and_makes_the_exit_code(bench, tmp_path, fail_on, factor):
    first = write(tmp_path / "results")
    second = write(tmp_path / "results", {"s": factor, "t": 2.0})
    said = bench("compare", first, second, "--fail-on", fail_on)
    wanted = {"worse": factor > 1, "any": True, "never": False}[fail_on]
    assert said.code == int(wanted)
    word = "worse: time" if factor > 1 else "better: time"
    lines = [line for line in said.out.split("what changed")[1].splitlines() if word in line]
    lines = [line for line in lines if not line.strip().startswith("Of")]
    assert [line.split()[:2] for line in lines] == [["s", "c0"], ["s", "c1"]]


def test_the_threshold_is_a_share(bench, tmp_path):
    names = write(tmp_path / "results"), write(tmp_path / "results", {"s": 1.2, "t": 2.0})
    assert bench("compare", *names).code == 1
    for share in ("30 %", "30%", "0.3"):
        assert bench("compare", *names, "--threshold", share).code == 0
    for wrong in ("30", "much", "-1 %", "5 % 3", "nan"):
        said = bench("compare", *names, "--threshold", wrong)
        assert said.code == 2
        assert "expected a share, such as '5 %' or 0.05" in said.err


def test_a_lost_run_is_worse(bench, tmp_path):
    names = [write(tmp_path / "results")]
    names.append(write(tmp_path / "results", status="timeout", cost=None))
    said = bench("compare", *names)
    assert said.code == 1
    assert "ok → timeout (seeds 0, 1, 2)" in said.out


def test_another_instance_is_not_comparable(bench, tmp_path):
    results = tmp_path / "results"
    names = [write(results), write(results, instance="new", cases=("c0",))]
    said = bench("compare", *names)
    assert said.code == 2
    assert "no case in common that can be compared: the instance changed (2)" in said.err


def test_other_limits_are_told(bench, tmp_path):
    names = write(tmp_path / "results"), write(tmp_path / "results", budget={"timeout": 5.0})
    said = bench("compare", *names).out
    assert 'limits of p (trace) {"timeout": 60.0} → {"timeout": 5.0}' in " ".join(said.split())


@pytest.mark.parametrize("kind", ["run", "commit"])
def test_a_beginning_is_enough_where_it_is_the_only_one(bench, two, kind):
    names = two if kind == "run" else ("aaaaaaa1", "bbbbbbb2")
    short = [name[:-2] for name in names]
    assert bench("compare", *short, "--format", "json").json["kind"] == kind
    same = names[0][:5] if kind == "run" else names[0]
    said = bench("compare", same, same)
    assert said.code == 2
    assert "is the beginning of 2 runs" in said.err or "name two different ones" in said.err


def test_a_commit_may_be_longer_than_it_was_noted(bench, two):
    said = bench("compare", "aaaaaaa1" + "0" * 32, "bbbbbbb2", "--format", "json")
    assert (said.json["a"], said.json["b"]) == ("aaaaaaa1", "bbbbbbb2")


def test_two_solvers(bench, two):
    said = bench("compare", "p/s", "p/t", "--format", "json")
    assert said.code == 1  # t takes twice as long
    (machine,) = said.json["machines"]
    assert {(pair["a"], pair["b"]) for pair in machine["pairs"]} == {("s", "t")}
    assert all(1.9 < pair["time"]["value"] < 2.1 for pair in machine["pairs"])
    assert machine["differences"] == []
    assert "not for the same work" in bench("compare", "p/s", "p/t").out


def test_two_folders(bench, tmp_path):
    write(tmp_path / "old")
    write(tmp_path / "new", {"s": 1.0, "t": 4.0})
    said = bench("compare", "old", "new", "--format", "json")
    assert (said.code, said.json["kind"], said.json["worse"]) == (1, "folder", True)
    assert bench("compare", "old", tmp_path / "old").code == 2


def test_machines_are_compared_only_as_such(bench, tmp_path):
    names = write(tmp_path / "results"), write(tmp_path / "results", machine="boxb")
    said = bench("compare", *names)
    assert said.code == 2
    assert "--across-machines" in said.err
    for arguments in (("boxa", "boxb"), (*names, "--across-machines")):
        said = bench("compare", *arguments)
        assert said.code == 0
        assert "times differ by machine" in said.out


def test_each_machine_is_compared_by_itself(bench, tmp_path):
    for folder, factor in (("old", 1.0), ("new", 3.0)):
        for machine in ("boxa", "boxb"):
            scale = {"s": factor if machine == "boxb" else 1.0, "t": 2.0}
            write(tmp_path / folder, scale, machine)
    said = bench("compare", "old", "new", "--format", "json").json
    slower = {one["machine_a"]: one["counts"].get("worse", 0) for one in said["machines"]}
    assert slower == {"boxa": 0, "boxb": 2}
    only = bench("compare", "old", "new", "--machine", "boxa", "--format", "json").json
    assert [one["machine_b"] for one in only["machines"]] == ["boxa"]
    assert bench("compare", "old", "new", "--machine", "boxc").code == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["one"], "1 name given; expected two"),
        (["a", "b", "c"], "3 names given"),
        (["p/ss", "p/t"], "did you mean p/s"),
        (["nothing", "p/t"], "no run, machine, commit or solver 'nothing'"),
        (["aaaaaaa1", "p/t"], "is a commit and 'p/t' a solver"),
        (["p/s", "p/t", "-p", "q"], "there are p"),
        (["p/s", "p/t", "-c", "c00"], "did you mean c0"),
        (["p/s", "p/t", "--kind", "run"], "there is no run 'p/s'"),
    ],
)
def test_misuse_says_what_to_do(bench, two, arguments, told):
    said = bench("compare", *arguments)
    assert said.code == 2
    assert told in said.err


def test_without_names_it_lists_what_there_is(bench, two):
    said = bench("compare")
    assert said.code == 0
    for name in (*two, "boxa", "aaaaaaa1", "p/s"):
        assert name in said.out
    assert bench("compare", "--format", "json").json["commit"] == ["aaaaaaa1", "bbbbbbb2"]
    assert bench("compare", "--results", "nowhere").code == 3


def test_every_format(bench, two, tmp_path):
    found = bench("compare", *two, "--format", "json").json
    assert found["worse"] is False
    assert found["machines"][0]["counts"] == {"within noise": 4}
    rows = list(csv.DictReader(io.StringIO(bench("compare", *two, "--format", "csv").out)))
    assert [(row["a"], row["case"]) for row in rows][:3] == [("", ""), ("s", ""), ("t", "")]
    assert float(rows[3]["time_low"]) <= float(rows[3]["time_value"])
    marked = bench("compare", *two, "--format", "markdown", "--all").out
    assert marked.startswith("### p: ")
    assert "| s | c0 |" in marked
    assert bench("compare", *two, "--format", "json", "-o", "out.json").out == ""
    assert json.loads((tmp_path / "out.json").read_text()) == found


@pytest.mark.parametrize("name", ["folder", "page.html"])
def test_a_page(bench, two, tmp_path, name):
    assert bench("compare", *two, "--page", name).code == 0
    path = tmp_path / name if name.endswith(".html") else tmp_path / name / "comparison.html"
    text = path.read_text()
    assert "Of 4 comparisons" in text
    for link in re.findall(r'(?:href|src)="(static/[^"]+)"', text):
        assert (path.parent / link).exists()
    assert not re.search(r"<script(?! src)|style=|\son\w+=", text)


def test_names_that_would_be_markup_are_text(bench, tmp_path):
    nasty = "<b>\x1b[2Jx</b>|"
    scale = {nasty: 1.0}
    names = write(tmp_path / "results", scale), write(tmp_path / "results", {nasty: 3.0})
    assert "\x1b" not in bench("compare", *names).out
    marked = bench("compare", *names, "--format", "markdown").out
    assert "<b>" not in marked
    bench("compare", *names, "--page", "out")
    assert "<b>" not in (tmp_path / "out" / "comparison.html").read_text()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_terminal_is_not_overrun(bench, tmp_path, monkeypatch, width):
    names = write(tmp_path / "results"), write(tmp_path / "results", {"s": 3.0, "t": 2.0})
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("harness.cli.table.terminal", lambda: True)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", bench("compare", *names).out).splitlines()
    assert max(map(len, lines)) <= width


def test_the_published_sample(bench):
    said = bench("compare", "k_medoids/pam", "k_medoids/fasterpam", "--results", SAMPLE)
    assert "better: time" in said.out
    assert said.err == ""
