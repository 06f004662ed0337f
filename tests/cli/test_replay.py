"""`bench replay`: a recorded row is run again, and every difference is told."""

import json
import re
from pathlib import Path

import pytest

from harness import store

from .conftest import TOYS
from .toypack import Pack

QUICK = ("--no-timings", "--plugin", TOYS)


def rows(results="results"):
    return store.load(Path(results)).records


def change(results="results", line=1, **facts):
    """Change facts of a stored record."""
    (path,) = Path(results).glob("*/records.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    lines[line - 1] = json.dumps({**json.loads(lines[line - 1]), **facts}) + "\n"
    path.write_text("".join(lines))


def change_header(results="results", **facts):
    """Change facts of a run's header."""
    (path,) = Path(results).glob("*/run.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


@pytest.fixture
def replay(bench):
    """A function: the address of a record -> what `bench replay` says of it."""
    return lambda text, *more: bench("replay", text, "--plugin", TOYS, *more)


@pytest.fixture
def row(bench):
    """The first record of a small run."""
    bench("run", "toy_batch", "-s", "guess[guesses=7],scan", "-n", 2, "--answers", 6, *QUICK)
    return rows()[0]


@pytest.mark.parametrize(
    "form", ["{key}", "{key:.6}", "{run}/{key:.8}", "{run}:{line}"], ids=lambda form: form[:12]
)
def test_a_row_by_its_address(replay, row, form):
    said = replay(form.format(**row))
    assert said.code == 0, said.err
    assert said.out.splitlines()[-1] == "agrees"
    assert f"{row['run']}:{row['line']}, key {row['key']}" in said.out
    assert re.search(r"^ +published +now$", said.out, re.MULTILINE)
    assert "not as it was" not in said.out


def test_every_row_of_a_run_is_replayed_with_its_parameters_and_limits(replay, row):
    assert {each["label"] for each in rows()} == {"guess[guesses=7]", "scan"}
    for each in rows():
        said = replay(f"{each['run']}:{each['line']}", "--format", "json")
        assert said.code == 0, said.out
        assert said.json["verdict"] == "agrees"
        assert said.json["changed"] == []
        for name in ("status", "cost", "answers", "calls", "why"):
            assert said.json["now"][name] == said.json["published"][name] == each[name]
    assert any(each["why"] == "answers" for each in rows()), "the limit was in force"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"cost": 9.0}, "cost 9.0 -> 1."),
        ({"cost": None, "status": "raised"}, "status raised -> ok; cost None -> 1."),
        ({"status": "invalid"}, "status invalid -> ok"),
    ],
    ids=["cost", "raised", "invalid"],
)
def test_what_differs_is_named(replay, row, facts, why):
    change(**facts)
    said = replay(f"{row['run']}:1")
    assert said.code == 1
    assert f"differs: {why}" in said.out


def test_a_cost_that_differs_in_the_last_digit_differs(replay, row):
    change(cost=row["cost"] * (1 + 1e-12))
    said = replay(f"{row['run']}:1")
    assert said.code == 1
    assert "costs agree where they are equal)" in said.out


@pytest.mark.parametrize(("by", "code"), [(1e-12, 0), (1e-7, 1)])
def test_on_another_machine_costs_may_be_rounded_otherwise(replay, row, by, code):
    change(cost=row["cost"] * (1 + by))
    change_header(machine="elsewhere")
    said = replay(f"{row['run']}:1")
    assert said.code == code
    assert "not as it was: another machine" in said.out
    assert "equal to 1e-09, as the machine or a library is another" in said.out


@pytest.mark.parametrize("facts", [{}, {"cost": 1e9}])
def test_of_a_run_that_time_ended_only_the_status_is_compared(bench, replay, facts):
    bench("run", "toy_oracle", "-s", "random_points", "--budget", 0.05, "-n", 1, *QUICK)
    change(**facts)
    said = replay(f"{rows()[0]['run']}:1")
    assert said.code == 0
    assert "time ended the run" in said.out
    change(status="raised")
    assert "differs: status raised -> ok" in replay(f"{rows()[0]['run']}:1").out


def test_a_run_that_failed_fails_again(bench, replay, solver_file):
    path = solver_file("raise RuntimeError('on purpose')\nyield 0")
    bench("run", "toy_batch", "-s", "mine", "-n", 1, *QUICK, "--plugin", path)
    key = rows()[0]["key"]
    said = replay(key, "--plugin", path)
    assert said.code == 0
    assert "raised" in said.out
    said = replay(key)
    assert said.code == 1
    assert "can't be replayed: there is no solver 'toy_batch/mine'" in said.out
    assert "--plugin" in said.out


def test_timings_agree_by_their_medians(bench, replay):
    options = ("--rounds", 3, "--values", 1, "--timing-budget", 2)
    bench("run", "toy_exact", "-s", "loop", "-n", 1, *options, "--plugin", TOYS)
    (timing,) = [each for each in rows() if each["kind"] == "timing"]
    where = f"{timing['run']}:{timing['line']}"
    said = replay(where, "--format", "json").json
    assert "which covers the ranges of both values" in said["notes"][0]
    assert said["now"]["status"] == "ok"
    change(line=timing["line"], values=[1000.0, 1001.0, 1002.0], seconds=timing["seconds"])
    said = replay(where)
    assert said.code == 1
    assert "differs: median 1001 s -> " in said.out
    change_header(machine="elsewhere")
    said = replay(where)
    assert said.code == 0
    assert "times of two machines say nothing of each other" in said.out


# --- what is another now -----------------------------------------------------------------------


def test_changes_of_the_code_are_named(tmp_path):
    pack = Pack(tmp_path).write()
    pack.bench("run", "least", "-n", 1, "--no-timings")
    of = {each["label"]: each["key"] for each in rows(pack.results) if each["case"] == "line"}
    pack.edit("_helper.py")
    pack.upgrade("2.0")
    for label, change in (
        ("plain", None),
        ("helped", "not as it was: its source changed: _helper.py"),
        ("library", "not as it was: library acme-lib 1.0 -> 2.0"),
    ):
        said = pack.bench("replay", of[label])
        assert said.returncode == 0, said.stdout + said.stderr
        assert said.stdout.splitlines()[-1] == "agrees"
        assert change is None or change in said.stdout
        assert ("not as it was" in said.stdout) == (change is not None)
    text = (pack.folder / "least" / "problem.py").read_text()
    (pack.folder / "least" / "problem.py").write_text(text.replace("+ 1}", "+ 2}"))
    said = pack.bench("replay", of["plain"], "--format", "json")
    assert said.returncode == 1
    told = json.loads(said.stdout)
    assert told["verdict"] == "can't be replayed"
    assert told["why"].startswith("the case's instance changed (its digest was ")
    assert told["changed"] == ["the problem's source changed: problem.py"]
    assert told["now"] is None


# --- addresses that name none, or several ------------------------------------------------------


@pytest.mark.parametrize("text", ["", "abc", "12345", "zzzzzz", "../results", "a/b/c", "x:1:2"])
def test_what_is_no_address(replay, row, text):
    said = replay(text)
    assert said.code == 2
    assert "RUN:LINE" in said.err


def test_addresses_that_name_nothing_name_candidates(replay, row):
    said = replay("20200101T000000000Z-000000:1")
    assert said.code == 2
    assert f"there are {row['run']}" in said.err
    said = replay(f"{row['run']}:99")
    assert said.code == 2
    assert "no record on line 99; its records are on lines 1 to 8" in said.err
    absent = next(text for text in ("000000", "ffffff") if not row["key"].startswith(text))
    said = replay(absent)
    assert said.code == 2
    assert f"there are {row['run']}:1, " in said.err


def test_a_beginning_of_several_keys_names_them(replay, row):
    for line, key in ((1, "abcdef1" + "0" * 25), (2, "abcdef2" + "0" * 25)):
        change(line=line, key=key)
    said = replay("abcdef")
    assert said.code == 2
    assert "2 keys begin with abcdef" in said.err
    assert "abcdef1" + "0" * 25 in said.err
    assert "toy_batch/" in said.err
    assert replay("ABCDEF1").code == 0


def test_of_several_records_of_a_key_the_latest_is_taken(bench, replay, row):
    bench("run", "toy_batch", "-s", "guess[guesses=7],scan", "-n", 2, "--answers", 6, *QUICK)
    latest = max(each["run"] for each in rows())
    assert latest != row["run"]
    assert f"  {latest}:" in replay(row["key"]).out
    assert f"  {row['run']}:" in replay(f"{row['run']}/{row['key']}").out


# --- records that say odd things ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"status": "skipped", "message": "no time"}, "it was not run: no time"),
        ({"seed": None}, "its seed is None"),
        ({"seed": -1}, "its seed is -1"),
        ({"budget": {"timeout": "long"}}, "its limit timeout is 'long', expected a number above 0"),
        ({"budget": {"answers": 1.5}}, "its limit answers is 1.5, expected a whole number"),
        ({"budget": {"threads": -1}}, "its limit threads is -1"),
        ({"budget": {"memory": True}}, "its limit memory is True"),
        ({"parameters": {"colour": 1}}, "colour"),
        ({"parameters": {"guesses": []}, "solver": "guess"}, ""),
        ({"case": ""}, "has no case ''"),
        ({"case": "uniform[n=0]"}, "the case can't be made: n is 0"),
        ({"case": "../../etc"}, "has no case"),
        ({"problem": "../toy_batch"}, "there is no problem '../toy_batch'"),
        ({"solver": "../scan"}, "there is no solver 'toy_batch/../scan'"),
        ({"instance": "<b>"}, "the case's instance changed (its digest was <b>"),
        ({"sources": {"solver": "../x", "problem": ""}}, ""),
    ],
    ids=lambda value: str(value)[:30],
)
def test_records_that_say_odd_things_are_answered_in_a_sentence(replay, row, facts, why):
    change(**facts)
    said = replay(f"{row['run']}:1")
    assert said.code in (0, 1)
    assert "Traceback" not in said.err + said.out
    if why:
        assert said.code == 1
        assert "can't be replayed: " in said.out
        assert why in said.out
