"""A distribution of somebody else's is found after `pip install`, with no change here."""

import json
import os
import site
import subprocess
import sys
import textwrap
import venv
from pathlib import Path

import pytest

PYPROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "{name}"
version = "1.0"

[project.entry-points.bench_harness]
{package} = "{package}"

[tool.setuptools.packages.find]
include = ["{package}*"]
"""

PACK = '''
"""A pack of somebody else's."""

from harness.api import hookimpl


@hookimpl
def bench_packs():
    return [__name__]
'''

SOLVER = '''
"""Every n/k-th object: a medoid at regular distances in the order of the data."""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class Stride(Solver):
    """Medoids at regular distances."""

    problem = "k_medoids"

    def solve(self, data, rng):
        n = len(data.dissimilarities)
        yield np.arange(data.k) * n // data.k
'''

BROKEN = 'raise RuntimeError("this pack is broken on purpose")\n'


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip())


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A fresh environment with two distributions installed, one of them broken.

    The harness and its dependencies are those of the environment that runs the tests, put on the
    path; what is installed by pip is the outsider's.
    """
    root = tmp_path_factory.mktemp("outsider")
    write(
        root / "acme",
        {
            "pyproject.toml": PYPROJECT.format(name="acme-bench", package="bench_acme"),
            "bench_acme/__init__.py": PACK,
            "bench_acme/k_medoids/__init__.py": '"""More solvers for k-medoids."""\n',
            "bench_acme/k_medoids/stride.py": SOLVER,
        },
    )
    write(
        root / "broken",
        {
            "pyproject.toml": PYPROJECT.format(name="broken-bench", package="bench_broken"),
            "bench_broken/__init__.py": BROKEN,
        },
    )
    fresh = root / "environment"
    venv.create(fresh, with_pip=False, symlinks=True)
    python = fresh / "bin" / "python"
    (packages,) = fresh.glob("lib/python*/site-packages")
    lines = [f"import site; site.addsitedir({path!r})" for path in site.getsitepackages()]
    (packages / "harness-of-the-tests.pth").write_text("\n".join(lines) + "\n")
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "--disable-pip-version-check",
        str(root / "acme"),
        str(root / "broken"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return python


def bench(python, folder, *arguments):
    return subprocess.run(
        [str(python), "-m", "harness.cli.main", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "BENCH_CACHE": str(folder / "cache")},
    )


def test_the_solver_stands_on_our_board(environment, tmp_path):
    said = bench(environment, tmp_path, "list", "k_medoids", "--format", "json")
    assert said.returncode == 0, said.stderr
    solvers = {solver["name"]: solver for solver in json.loads(said.stdout)[0]["solvers"]}
    assert solvers["k_medoids/stride"]["pack"] == "bench_acme"
    assert "k_medoids/fasterpam" in solvers


def test_it_passes_the_kit_and_runs_against_ours(environment, tmp_path):
    checked = bench(environment, tmp_path, "check", "k_medoids/stride")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    ran = bench(
        environment,
        tmp_path,
        "run",
        "k_medoids",
        "-s",
        "stride,fasterpam",
        "-c",
        "iris",
        "--rounds",
        "1",
        "--values",
        "1",
        "-n",
        "2",
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    board = json.loads(bench(environment, tmp_path, "table", "--format", "json").stdout)
    assert [row["label"] for row in board] == ["fasterpam", "stride"]
    assert all(row["ok"] == 2 and row["timed"] == 1 for row in board)


def test_an_entry_point_that_raises_is_told_and_harms_nobody(environment, tmp_path):
    said = bench(environment, tmp_path, "list")
    assert said.returncode == 0
    assert "this pack is broken on purpose" in said.stderr
    assert "pip uninstall broken-bench" in said.stderr
    assert "fasterpam" in said.stdout


def test_the_environment_of_the_tests_knows_nothing_of_it(tmp_path):
    said = bench(Path(sys.executable), tmp_path, "list", "k_medoids")
    assert said.returncode == 0
    assert "stride" not in said.stdout
