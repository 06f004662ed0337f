"""What every command is asked for: help, listings, papers, doctor."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness import machine
from harness.cli.main import COMMANDS
from harness.cli.main import bench as group

from .conftest import TOYS


def test_every_command_says_in_help_what_the_group_says(bench):
    for name, sentence in COMMANDS.items():
        said = bench(name, "--help")
        assert said.code == 0
        assert sentence.split()[0] in said.out
        command = group.get_command(None, name)
        assert command.name == name
        assert command.help.split("\n")[0].rstrip(".") == sentence.rstrip(".")


def test_help_imports_neither_numpy_nor_pluggy():
    code = (
        "import sys\nfrom harness.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'numpy', 'pandas', 'pluggy', 'rich', 'pyperf'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_an_unknown_command_is_answered_with_the_nearest(bench):
    said = bench("rnu")
    assert said.code == 2
    assert "did you mean run?" in said.err


def test_an_unknown_option_is_misuse(bench):
    said = bench("list", "--colour")
    assert said.code == 2
    assert "No such option" in said.err


def test_list_shows_problems_and_solvers(bench):
    said = bench("list", "toy_batch", "--plugin", TOYS)
    assert said.code == 0
    assert "scan" in said.out
    assert "guess" in said.out
    assert "toy_exact" not in said.out


def test_list_as_json(bench):
    (board,) = bench("list", "toy_batch", "--plugin", TOYS, "--format", "json").json
    names = {solver["name"]: solver for solver in board["solvers"]}
    assert names["toy_batch/scan"]["role"] == "paper"
    assert names["toy_batch/scan"]["papers"] == ["toy-paper"]


def test_list_of_an_unknown_problem_names_the_nearest(bench):
    said = bench("list", "k_medoid")
    assert said.code == 2
    assert "k_medoids" in said.err


def test_a_broken_file_is_listed_with_the_reason_and_the_others_stay(bench, tmp_path):
    folder = tmp_path / "toy_batch"
    folder.mkdir()
    for file in (TOYS / "toy_batch").glob("*.py"):
        (folder / file.name).write_text(file.read_text())
    (folder / "broken.py").write_text("def solve(:\n")
    said = bench("list", "--plugin", folder)
    assert said.code == 0
    assert "broken.py, line 1: syntax error" in said.out
    assert "scan" in said.out


def test_show_a_problem_a_solver_and_a_paper(bench):
    problem = bench("show", "toy_batch", "--plugin", TOYS, "--format", "json").json
    assert problem["kind"] == "batch"
    assert "smoke" in problem["suites"]
    solver = bench("show", "toy_batch/guess", "--plugin", TOYS, "--format", "json").json
    assert solver["parameters"] == {"guesses": 5}
    assert "Guess a few times" in bench("show", "guess", "--plugin", TOYS).out
    paper = bench("show", "fast-eager-k-medoids-clustering", "--format", "json").json
    assert paper["family"] == "clustering"


def test_show_of_an_unknown_name_names_the_nearest(bench):
    said = bench("show", "toy_batch/gess", "--plugin", TOYS)
    assert said.code == 2
    assert "toy_batch/guess" in said.err


def test_papers_lists_every_row_with_the_promised_keys(bench):
    rows = bench("papers", "--format", "json").json
    assert len(rows) == 590
    names = {"key", "title", "family", "class", "works", "solvers", "statistics"}
    assert all(set(row) == names for row in rows)
    assert all(type(row["works"]) is bool for row in rows)
    assert len({row["key"] for row in rows}) == 590


def test_a_paper_works_when_an_installed_solver_names_it(bench, solver_file):
    extra = '    role = "paper"\n    papers = ("alchemy",)\n'
    path = solver_file("yield 0", extra=extra)
    before = bench("papers", "alchemy", "--format", "json").json
    after = bench("papers", "alchemy", "--plugin", TOYS, "--plugin", path, "--format", "json").json
    assert [row["works"] for row in before if row["key"] == "alchemy"] == [False]
    (row,) = [row for row in after if row["key"] == "alchemy"]
    assert row["works"]
    assert row["solvers"] == ["toy_batch/mine"]


@pytest.mark.parametrize(
    ("head", "extra"),
    [
        (
            "import a_module_that_is_not_there\n",
            '    role = "paper"\n    papers = ("alchemy",)\n',
        ),
        ("", '    role = "baseline"\n    papers = ("alchemy",)\n'),
        ("", '    role = "paper"\n    papers = ("alchemy",)\n    requires = ("no-such-dist",)\n'),
    ],
)
def test_a_paper_does_not_work_by_a_solver_that_can_not_run(
    bench, solver_file, tmp_path, head, extra
):
    folder = tmp_path / "toy_batch"  # in a folder, one file that fails leaves the others alone
    folder.mkdir()
    (folder / "problem.py").write_text((TOYS / "toy_batch/problem.py").read_text())
    solver_file("yield 0", head=head, extra=extra).rename(folder / "mine.py")
    said = bench("papers", "alchemy", "--plugin", folder, "--format", "json")
    assert not any(row["works"] for row in said.json)


def test_papers_can_be_filtered(bench):
    rows = bench(
        "papers", "--family", "clustering", "--class", "algorithm", "--format", "json"
    ).json
    assert rows
    assert {row["family"] for row in rows} == {"clustering"}
    working = bench("papers", "--works", "--format", "json").json
    assert {"fast-eager-k-medoids-clustering", "faster-k-medoids-clustering-improving"} <= {
        row["key"] for row in working
    }


def test_an_unknown_family_names_the_nearest(bench):
    said = bench("papers", "--family", "clusterin")
    assert said.code == 2
    assert "did you mean clustering" in said.err


def test_check_of_a_file_that_is_not_there_is_misuse(bench):
    said = bench("check", "nothing.py")
    assert said.code == 2
    assert "no such file" in said.err


def test_doctor_speaks_of_the_machine(bench):
    said = bench("doctor", "--format", "json")
    assert said.code == 0
    assert said.json["broken"] == []
    assert said.json["environment"]["cores"] >= 1
    for found in said.json["disturbances"]:
        assert found["meaning"]
        assert found["mend"]


def test_doctor_shows_what_it_found_with_its_mending(bench, monkeypatch):
    monkeypatch.setattr("harness.canary.spread", lambda canary: 0.5)
    monkeypatch.setattr(machine, "disturbances", lambda: [machine.Disturbance(*"abcd")])
    monkeypatch.setattr(
        machine,
        "capabilities",
        lambda: [machine.Capability("e", False, "f", "g"), machine.Capability("h", True, "i")],
    )
    lines = [line.strip() for line in bench("doctor").out.splitlines()]
    assert "noise         50 % (95 % of readings within that of the usual)" in lines
    at = lines.index("what would disturb timings")
    assert lines[at + 1] == "! noise  50 %"
    assert lines[at + 4 : at + 7] == ["! a      b", "c", "to mend it: d"]
    at = lines.index("what can be observed and limited")
    assert lines[at + 1 : at + 4] == ["- e      f", "to mend it: g", "+ h      i"]


def test_doctor_finds_a_plugin_that_can_not_be_loaded(bench, tmp_path):
    folder = tmp_path / "toy_batch"
    folder.mkdir()
    (folder / "problem.py").write_text((TOYS / "toy_batch/problem.py").read_text())
    (folder / "empty.py").write_text('"""Nothing."""\n')
    said = bench("doctor", "--plugin", folder)
    assert said.code == 1
    assert "defines no solver" in said.out


def test_the_command_reference_is_fresh():
    from harness.cli.reference import reference

    written = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    assert written == reference(), "run `python -m harness.cli.reference > docs/cli.md`"


def test_bench_is_installed_as_a_command():
    command = Path(sys.executable).with_name("bench")
    done = subprocess.run([command, "papers", "--format", "json"], capture_output=True, check=True)
    assert len(json.loads(done.stdout)) == 590


@pytest.mark.parametrize(("limit", "told"), [(None, True), ("1", False)])
def test_doctor_tells_whether_the_users_own_environment_limits_threads(limit, told):
    environment = {name: os.environ[name] for name in os.environ if name != "OMP_NUM_THREADS"}
    if limit is not None:
        environment["OMP_NUM_THREADS"] = limit
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli.main", "doctor"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("thread limits" in done.stdout) == told
