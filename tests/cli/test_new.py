"""`bench new`: what it writes works as it is."""

import pytest

from .conftest import TOYS


def test_a_new_solver_passes_the_kit_and_runs(bench):
    assert bench("new", "solver", "k_medoids/mine").code == 0
    checked = bench("check", "mine.py")
    assert checked.code == 0, checked.out
    ran = bench(
        "run",
        "k_medoids",
        "--plugin",
        "mine.py",
        "-s",
        "mine,random_medoids",
        "-n",
        1,
        "--no-timings",
    )
    assert ran.code == 0
    assert "mine" in ran.out


def test_a_new_problem_passes_the_kit_and_runs(bench):
    assert bench("new", "problem", "partition").code == 0
    checked = bench("check", "partition")
    assert checked.code == 0, checked.out
    assert bench("run", "partition", "--plugin", "partition", "-n", 1, "--no-timings").code == 0
    assert bench("new", "solver", "partition/mine", "--plugin", "partition").code == 0
    assert bench("check", "mine.py", "--plugin", "partition").code == 0


def test_a_new_pack_is_a_folder_that_bench_reads(bench):
    assert bench("new", "pack", "bench_acme").code == 0
    said = bench("list", "acme_partition", "--plugin", "bench_acme/bench_acme")
    assert "largest_first" in said.out


def test_a_solver_of_a_problem_without_a_starter_says_where_to_look(bench):
    said = bench("new", "solver", "toy_online/mine", "--plugin", TOYS)
    assert said.code == 0
    checked = bench("check", "mine.py", "--plugin", TOYS)
    assert checked.code == 1
    assert "yield an answer here" in checked.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("solver", "mine"), "PROBLEM/NAME"),
        (("solver", "k_medoid/mine"), "k_medoids"),
        (("solver", "k_medoids/fasterpam"), "already"),
        (("solver", "k_medoids/2fast"), "can't be the name"),
        (("problem", "class"), "can't be the name"),
    ],
)
def test_wrong_names_are_refused(bench, arguments, sentence):
    said = bench("new", *arguments)
    assert said.code == 2
    assert sentence in said.err


def test_nothing_is_overwritten(bench):
    bench("new", "solver", "k_medoids/mine")
    said = bench("new", "solver", "k_medoids/mine")
    assert said.code == 2
    assert "left as it is" in said.err
