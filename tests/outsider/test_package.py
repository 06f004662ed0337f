"""A distribution of somebody else's is found after `pip install`, with no change here."""

import json
import sys
from pathlib import Path

from .conftest import bench


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
