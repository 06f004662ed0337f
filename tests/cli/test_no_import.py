"""No command imports a solver's file into its own process, where it could do anything."""

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

import harness.api
from harness.declare import Declarer
from harness.isolate import Worker

from .conftest import TOYS

HEAD = "import os\n\nimport harness.api\n\nharness.api.TOUCHED = os.getpid()\n"
EXTRA = (
    '    role = "paper"\n    papers = ("alchemy",)\n\n'
    "    imported: int = os.getpid()  # the process that imported it\n"
)
QUICK = ("-n", "1", "--no-timings", "-s", "touching", "-c", "uniform[n=10]")
COMMANDS = {
    "list": ["list"],
    "show a problem": ["show", "toy_batch"],
    "show a solver": ["show", "toy_batch/touching"],
    "show a paper": ["show", "alchemy"],
    "papers": ["papers"],
    "doctor": ["doctor"],
    "run": ["run", "toy_batch", *QUICK],
    "report": ["report"],
    "statistics": ["statistics", "toy_batch"],
    "claims": ["claims", "--list"],
}


@pytest.fixture
def board(tmp_path):
    """A folder that is the problem toy_batch without its solvers."""
    folder = tmp_path / "toy_batch"
    folder.mkdir()
    shutil.copy(TOYS / "toy_batch/problem.py", folder)
    return folder


@pytest.fixture(params=["a file", "in a folder"])
def touching(request, board, solver_file):
    """Options that bring a solver whose import leaves a trace in the process."""
    path = solver_file("yield 0", name="touching", head=HEAD, extra=EXTRA)
    if request.param == "a file":
        return ["--plugin", TOYS, "--plugin", path]
    path.rename(board / path.name)
    return ["--plugin", board]


@pytest.fixture(autouse=True)
def untouched(monkeypatch):
    """Nothing is left of what another test imported, nor of what this one does."""
    monkeypatch.delattr(harness.api, "TOUCHED", raising=False)
    yield
    for name in [name for name in sys.modules if "touching" in name]:
        del sys.modules[name]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_imports_a_solver(bench, touching, command):
    if command in ("report", "statistics"):
        assert bench("run", "toy_batch", *QUICK, *touching).code == 0
    said = bench(*COMMANDS[command], *touching)
    assert said.code == 0, said.out + said.err
    assert not hasattr(harness.api, "TOUCHED")
    assert not [name for name in sys.modules if "touching" in name]


def test_what_a_solver_says_comes_from_another_process(bench, touching):
    said = bench("show", "touching", *touching, "--format", "json").json
    assert said["parameters"]["imported"] not in (0, os.getpid())
    assert said["doc"] == "touching: for a test."
    rows = bench("papers", "alchemy", *touching, "--format", "json").json
    assert {row["key"]: row["solvers"] for row in rows}["alchemy"] == ["toy_batch/touching"]
    bench("run", "toy_batch", *QUICK, *touching)
    bench("report", *touching)
    html = Path("site/solvers/toy_batch/touching.html").read_text()
    assert "the process that imported it" in html
    assert "touching: for a test." in html


def test_no_server_is_started_where_no_file_has_to_be_asked(bench, touching, monkeypatch):
    def refuse(self):
        raise AssertionError("a server is started")

    monkeypatch.setattr(Worker, "__enter__", refuse)
    for command in (["list"], ["show", "toy_batch"], ["show", "anomaly"], ["papers", "anomaly"]):
        assert bench(*command, *touching).code in (0, 2), command
    with pytest.raises(AssertionError, match="a server"):
        bench("papers", "alchemy", *touching)


def test_a_file_that_hangs_is_broken_and_keeps_nobody_waiting(
    bench, board, solver_file, monkeypatch
):
    monkeypatch.setattr("harness.cli.doctor._SETUP", 1.0)
    path = solver_file("yield 0", name="hanging", head="import time\n\ntime.sleep(600)\n")
    path.rename(board / path.name)
    began = time.monotonic()
    said = bench("doctor", "--plugin", board)
    assert time.monotonic() - began < 30
    assert said.code == 1
    broken = [line for line in said.out.splitlines() if line.startswith("broken")]
    # On a busy machine a file that is installed may take a second as well.
    assert any("hanging.py can't be loaded: not done after 1 s" in line for line in broken)


def test_one_that_ends_the_process_or_can_not_be_made_is_broken_too(bench, board, solver_file):
    for name, head, extra in (
        ("ending", "import os\n\nos._exit(0)\n", ""),
        ("unmade", "", "    def __post_init__(self):\n        raise ValueError('no')\n"),
        ("absent", "", '    requires = ("no-such-dist",)\n    share: complex = 1j\n'),
    ):
        path = solver_file("yield 0", name=name, head=head, extra=extra)
        path.rename(board / path.name)
    said = bench("doctor", "--plugin", board, "--format", "json")
    assert said.code == 1
    ending, unmade = said.json["broken"]
    assert "ending.py can't be loaded: crashed" in ending
    assert unmade.endswith("unmade.py: it can't be made: ValueError: no")
    said = bench("show", "unmade", "--plugin", board)
    assert said.code == 2
    assert "unmade.py: it can't be made: ValueError: no" in said.err


def test_a_declarer_waits_as_long_as_it_is_told(toys):
    with Declarer(setup=5.0) as declarer:
        assert declarer.parameters(toys.solvers["toy_batch/guess"]) == {"guesses": 5}
