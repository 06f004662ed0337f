"""`bench run`: selections, statuses, exit codes, and what is left after an interruption."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness import store

from .conftest import TOYS

QUICK = ("--no-timings", "--plugin", TOYS)


def records(folder="results"):
    return store.load(Path(folder)).records


def test_a_run_is_recorded_and_summarised(bench):
    said = bench("run", "toy_batch", "-n", 2, *QUICK)
    assert said.code == 0
    assert "8 ok" in said.out
    assert "bench report" in said.out
    rows = records()
    assert len(rows) == 8
    assert {row["status"] for row in rows} == {"ok"}
    assert all(row["environment"] and row["key"] and row["instance"] for row in rows)


def test_json_says_what_was_done(bench):
    said = bench("run", "toy_batch", "-n", 1, "--format", "json", *QUICK)
    assert said.json["runs"] == {"ok": 4}
    assert said.json["ended"] == "finished"
    assert Path(said.json["folder"]).is_dir()


def test_selectors_choose_solvers_parameters_and_cases(bench):
    bench(
        "run",
        "toy_batch",
        "-s",
        "scan,guess[guesses=7]",
        "-c",
        "uniform[n=10],uniform[n=20]",
        "-n",
        1,
        *QUICK,
    )
    rows = records()
    assert {row["label"] for row in rows} == {"scan", "guess[guesses=7]"}
    assert {row["case"] for row in rows} == {"uniform[n=10]", "uniform[n=20]"}
    assert {row["parameters"].get("guesses") for row in rows} == {None, 7}


def test_the_same_seed_gives_the_same_cost_in_two_runs(bench):
    bench("run", "toy_batch", "-s", "guess", "-n", 3, *QUICK)
    bench("run", "toy_batch", "-s", "guess", "-n", 3, *QUICK)
    costs = {}
    for row in records():
        costs.setdefault((row["case"], row["seed"]), set()).add(row["cost"])
    assert all(len(found) == 1 for found in costs.values())


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("run", "toy_bach"), "toy_batch"),
        (("run", "toy_batch", "-s", "scna"), "toy_batch/scan"),
        (("run", "toy_batch", "-s", "guess[gueses=3]"), "guesses"),
        (("run", "toy_batch", "-s", "guess[guesses=many]"), "expected an integer"),
        (("run", "toy_batch", "-c", "unifrom"), "uniform"),
        (("run", "toy_batch", "-c", "uniform[m=3]"), "n, low"),
        (("run", "toy_batch", "--suite", "standrad"), "standard"),
        (("run", "toy_batch", "-c", "uniform[n=3"), "brackets"),
        (("run",), "say which problem"),
        (("run", "toy_batch", "--timeout", "0"), "timeout"),
    ],
)
def test_misuse_names_what_was_meant_and_records_nothing(bench, arguments, hint):
    said = bench(*arguments, *QUICK)
    assert said.code == 2
    assert hint in said.err
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ("raise RuntimeError('on purpose')\nyield 0", "raised", "RuntimeError: on purpose"),
        ("yield None", "invalid", "expected an index"),
        ("yield 2.0", "invalid", "expected an index"),
        ("yield -1", "invalid", "out of range"),
        ("return iter(())", "invalid", "without yielding an answer"),
        ("return None", "invalid", "expected a generator"),
        ("import os\nos.kill(os.getpid(), 11)\nyield 0", "crashed", "SIGSEGV"),
        ("import time\nyield 0\ntime.sleep(60)", "timeout", "killed after 1 s"),
    ],
)
def test_a_solver_that_fails_gets_its_status_and_the_others_go_on(
    bench, solver_file, body, status, sentence
):
    path = solver_file(body)
    said = bench(
        "run",
        "toy_batch",
        "-s",
        "mine,scan",
        "-c",
        "uniform",
        "-n",
        1,
        "--timeout",
        1,
        "--plugin",
        path,
        *QUICK,
    )
    assert said.code == 1
    found = {row["label"]: row for row in records()}
    assert found["mine"]["status"] == status
    assert sentence in found["mine"]["message"]
    assert found["scan"]["status"] == "ok"
    assert sentence.split(":")[0] in said.err


def test_a_case_beyond_a_solver_is_no_surprise_but_ranks_as_a_failure(bench, solver_file):
    path = solver_file("raise Unsupported('two numbers at most')\nyield 0")
    path.write_text("from harness.api import Unsupported\n" + path.read_text())
    said = bench(*"run toy_batch -s mine,scan -c uniform -n 1 --plugin".split(), path, *QUICK)
    assert said.code == 0
    found = {row["label"]: row for row in records() if row["kind"] == "trace"}
    assert (found["mine"]["status"], found["mine"]["message"]) == (
        "unsupported",
        "two numbers at most",
    )
    assert "1 unsupported" in said.out
    assert "unsupported mine on uniform: two numbers at most" in said.out
    assert "unsupported" not in said.err
    rows = {row["label"]: row for row in json.loads(bench("table", "--format", "json").out)}
    assert (rows["scan"]["rank"], rows["mine"]["rank"]) == (1, 2)
    assert rows["mine"]["unsupported"] == 1
    both = "run toy_batch -s mine,scan -c uniform,uniform[n=9] -n 2 --plugin".split()
    said = bench(*both, path, *QUICK)
    told = "unsupported mine on 2 of 2 cases, such as uniform: two numbers at most"
    assert [line.strip() for line in said.out.splitlines()].count(told) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def solve(:\n", "syntax error"),
        ('"""Nothing."""\n', "does not say which problem"),
        (
            "from dataclasses import dataclass\nfrom harness.api import Solver\n"
            '@dataclass(frozen=True)\nclass A(Solver):\n    problem = "toy_batch"\n'
            '@dataclass(frozen=True)\nclass B(Solver):\n    problem = "toy_batch"\n',
            "defines 2 solvers",
        ),
        (
            "import not_there\nfrom dataclasses import dataclass\nfrom harness.api import Solver\n"
            '@dataclass(frozen=True)\nclass A(Solver):\n    problem = "toy_batch"\n',
            "not_there",
        ),
        (
            "from dataclasses import dataclass\nfrom harness.api import Solver\n"
            '@dataclass(frozen=True)\nclass A(Solver):\n    problem = "toy_bach"\n',
            "toy_batch",
        ),
    ],
)
def test_a_plugin_file_that_can_not_be_used_is_answered_in_a_sentence(
    bench, tmp_path, text, sentence
):
    path = tmp_path / "mine.py"
    path.write_text(text)
    said = bench(
        "run", "toy_batch", "-s", "mine", "-n", 1, "-c", "uniform", "--plugin", path, *QUICK
    )
    assert sentence in said.err + said.out
    assert "Traceback" not in said.err
    assert said.code == 2


def test_a_name_that_is_taken_is_refused(bench, solver_file):
    said = bench("run", "toy_batch", "--plugin", TOYS, "--plugin", solver_file("yield 0", "scan"))
    assert said.code == 2
    assert "already taken" in said.err


def test_a_missing_package_skips_the_solver_and_says_how_to_install_it(bench, solver_file):
    path = solver_file("yield 0", extra='    requires = ("no-such-distribution",)\n')
    said = bench(
        "run", "toy_batch", "-s", "mine,scan", "-c", "uniform", "-n", 1, "--plugin", path, *QUICK
    )
    assert said.code == 0
    assert "pip install no-such-distribution" in said.out
    assert {row["label"]: row["status"] for row in records()} == {"mine": "skipped", "scan": "ok"}


def test_a_case_that_can_not_be_made_is_a_finding_and_the_other_cases_run(bench):
    said = bench("run", "toy_batch", "-s", "scan", "-c", "uniform[n=0],uniform", "-n", 2, *QUICK)
    assert said.code == 1
    assert said.err.count("n is 0, expected at least 1") == 1
    assert sorted(row["status"] for row in records()) == ["ok", "ok", "skipped", "skipped"]


def test_a_results_folder_that_can_not_be_written_is_said(bench, tmp_path):
    (tmp_path / "file").write_text("")
    said = bench("run", "toy_batch", "--results", tmp_path / "file" / "results", *QUICK)
    assert said.code == 3
    assert "can't be written" in said.err


def test_budgets_stop_a_run_in_good_order(bench):
    bench("run", "toy_oracle", "-s", "random_points", "--calls", 50, "-n", 1, *QUICK)
    bench("run", "toy_oracle", "-s", "random_points", "--answers", 7, "-n", 1, *QUICK)
    bench("run", "toy_oracle", "-s", "random_points", "--budget", 0.05, "-n", 1, *QUICK)
    bench("run", "toy_oracle", "-s", "random_points", "--target", 0.1, "-n", 1, *QUICK)
    calls, answers, seconds, target = records()
    assert {row["status"] for row in (calls, answers, seconds, target)} == {"ok"}
    assert (calls["why"], calls["calls"]) == ("calls", 50)
    assert (answers["why"], answers["answers"]) == ("answers", 7)
    assert seconds["why"] == "seconds"
    assert target["why"] == "target"
    assert target["cost"] <= 0.1


def test_jobs_run_side_by_side_and_lose_nothing(bench):
    said = bench("run", "toy_batch", "-n", 5, "-j", 2, *QUICK)
    assert said.code == 0
    seen = {(row["label"], row["case"], row["seed"]) for row in records()}
    assert len(seen) == len(records()) == 20


@pytest.mark.parametrize(
    ("told", "seeds", "timed"),
    [
        (("toy_batch",), 1, False),
        (("toy_batch", "--suite", "smoke", "-n", 2), 2, False),
        (("toy_batch", "-c", "uniform", "--rounds", 2, "--timing-budget", 0.5), 3, True),
        (("toy_batch", "--precision", 50, "--timing-budget", 0.5), 1, True),
        (("toy_exact",), 1, False),
        (("toy_exact", "-c", "bits[n=50]", "-n", 1, "--no-timings"), 1, False),
    ],
)
def test_the_smoke_suite_takes_one_seed_and_no_timings_unless_asked(bench, told, seeds, timed):
    solver = "guess" if told[0] == "toy_batch" else "loop"
    assert bench("run", *told, "-s", solver, "--repeat", 0, "--plugin", TOYS).code == 0
    rows = records()
    assert {row["seed"] for row in rows if row["kind"] == "trace"} == set(range(seeds))
    assert any(row["kind"] == "timing" for row in rows) == timed


def test_timings_are_a_suite_that_pyperf_reads(bench):
    bench(
        "run",
        "toy_exact",
        "-n",
        1,
        "--rounds",
        2,
        "--values",
        1,
        "--precision",
        0,
        "--plugin",
        TOYS,
    )
    (path,) = Path("results").glob("*/timings.json")
    done = subprocess.run(
        [sys.executable, "-m", "pyperf", "stats", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "toy_exact/loop" in done.stdout
    timings = [row for row in records() if row["kind"] == "timing"]
    assert {row["label"] for row in timings} == {"loop", "vectorised"}
    assert all(row["status"] == "ok" and len(row["values"]) == 2 for row in timings)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_leaves_a_usable_store(bench, solver_file, tmp_path, jobs):
    path = solver_file("import time\nyield 0\ntime.sleep(3)\nyield 1")
    command = [
        str(Path(sys.executable).with_name("bench")),
        "run",
        "toy_batch",
        "-s",
        "mine,scan",
        "-n",
        "50",
        "-j",
        jobs,
        "--no-timings",
        "--plugin",
        str(TOYS),
        "--plugin",
        str(path),
    ]
    running = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any(
        file.stat().st_size for file in tmp_path.glob("results/*/records.jsonl")
    ):
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert "Interrupted" in out
    loaded = store.load(tmp_path / "results")
    assert loaded.records
    assert not loaded.complaints
    (header,) = loaded.runs.values()
    assert header["ended"] == "interrupted"


def test_a_pipe_gets_no_progress_bar(bench):
    said = bench("run", "toy_batch", "-n", 1, "-q", *QUICK)
    assert said.err == ""
    assert "\x1b" not in said.out


def test_the_header_says_how_to_repeat_the_run(bench):
    bench("run", "toy_batch", "-n", 1, *QUICK)
    (path,) = Path("results").glob("*/run.json")
    header = json.loads(path.read_text())
    assert header["command"].startswith("bench")
    assert header["machine"]
    assert header["problems"]["toy_batch"]["compare"] == "ratio"
    (environment,) = header["environments"].values()
    assert environment["libraries"]["numpy"]


def test_fresh_cases_are_new_each_time_and_can_be_run_again_by_name(bench):
    found = []
    for _ in range(2):
        assert bench("run", "toy_batch", *QUICK, "--fresh").code == 0
        rows = records()
        found.append({(row["case"], row["instance"]) for row in rows if row not in found})
    cases = {case for pairs in found for case, _ in pairs}
    assert len(cases) == 4
    assert all("draw=" in case for case in cases)
    assert len({digest for pairs in found for _, digest in pairs}) == 4
    case = sorted(cases)[0]
    assert bench("run", "toy_batch", *QUICK, "-c", case).code == 0
    assert (records()[-1]["case"], records()[-1]["instance"]) in found[0] | found[1]


def test_fresh_can_not_be_resumed(bench):
    said = bench("run", "toy_batch", *QUICK, "--fresh", "--resume")
    assert said.code == 2
    assert "nothing to resume" in said.err
