"""`bench` as tests call it: in this process, with its output and exit code."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cli.main import main

TOYS = Path(__file__).parents[1] / "toys"


@dataclass
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def bench(capsys, tmp_path, monkeypatch):
    """Run `bench` with these arguments in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Said(int(left.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture
def solver_file(tmp_path):
    """Write a solver of toy_batch with the given body of `solve` into a file."""

    def write(body, name="mine", head="", extra=""):
        path = tmp_path / f"{name}.py"
        lines = "\n".join("        " + line for line in body.splitlines())
        path.write_text(
            f'"""{name}: for a test."""\n\nfrom dataclasses import dataclass\n{head}\n'
            "from harness.api import Solver\n\n\n@dataclass(frozen=True)\n"
            f'class Mine(Solver):\n    """For a test."""\n\n    problem = "toy_batch"\n{extra}\n'
            f"    def solve(self, data, rng):\n{lines}\n"
        )
        return path

    return write
