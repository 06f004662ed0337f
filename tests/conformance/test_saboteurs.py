"""Every check of the kit catches what it is there for, and nothing that is healthy.

Each saboteur says in its file which check must catch it, and what that check must say.
"""

import re
from pathlib import Path

import pytest

from harness.catalogue import Catalogue
from harness.testing import (
    FAILED,
    PASSED,
    PROBLEM_CHECKS,
    SOLVER_CHECKS,
    check_problem,
    check_solver,
    conformance,
)

TESTS = Path(__file__).parents[1]
TOYS = TESTS / "toys"
SOLVERS = TESTS / "saboteurs" / "broken_solvers"
PROBLEMS = TESTS / "saboteurs" / "broken_problems"
CHECKS = [*SOLVER_CHECKS, *PROBLEM_CHECKS]

ORDER = re.compile(r'Caught by: `(\w+)`,\s+which\s+says\s+"(.+?)"\.', re.DOTALL)


def saboteurs(folder):
    """name -> (check that must catch it, what it must say)."""
    found = {}
    for file in sorted(folder.glob("*/*.py")):
        order = ORDER.search(file.read_text())
        if order:
            name = file.parent.name if file.stem == "problem" else f"{file.parent.name}/{file.stem}"
            found[name] = order[1], " ".join(order[2].split())
    return found


BROKEN_SOLVERS = saboteurs(SOLVERS)
IN_BROKEN_PROBLEMS = saboteurs(PROBLEMS)
FOOLING = {name: order for name, order in IN_BROKEN_PROBLEMS.items() if "/" in name}
BROKEN_PROBLEMS = {name: order for name, order in IN_BROKEN_PROBLEMS.items() if "/" not in name}


@pytest.fixture(scope="module")
def catalogue(cache):
    return Catalogue([TOYS, SOLVERS, PROBLEMS])


def assert_caught(results, order):
    check, said = order
    (caught,) = [result for result in results if result.check == check]
    assert caught.status == FAILED, caught
    assert said in caught.sentence
    assert "\n" not in caught.sentence
    assert "broke off" not in caught.sentence


@pytest.mark.parametrize("name", BROKEN_SOLVERS | FOOLING)
def test_broken_solver_is_caught(name, catalogue, hasty_lab):
    order = (BROKEN_SOLVERS | FOOLING)[name]

    results = check_solver(catalogue, name, lab=hasty_lab)

    assert_caught(results, order)
    loads = results[0]
    assert loads.check == "loads"
    assert (loads.status == PASSED) == (order[0] != "loads")


@pytest.mark.parametrize("name", BROKEN_PROBLEMS)
def test_broken_problem_is_caught(name, catalogue, hasty_lab):
    assert_caught(check_problem(catalogue, name, lab=hasty_lab), BROKEN_PROBLEMS[name])


def test_a_syntax_error_is_caught(tmp_path, cache):
    text = (SOLVERS / "pick_k" / "syntax_error.py.txt").read_text()
    (tmp_path / "syntax_error.py").write_text(text)

    items = conformance(tmp_path / "syntax_error.py")

    assert_caught([item.result() for item in items], ORDER.search(text).groups())


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_every_check_has_a_saboteur(check):
    orders = BROKEN_SOLVERS | FOOLING if check.of == "solver" else BROKEN_PROBLEMS
    assert check.name in {name for name, _ in orders.values()}


def test_every_file_is_a_saboteur_or_a_helper():
    helpers = {"pick_k/problem", *(f"{name}/scan" for name in BROKEN_PROBLEMS)}
    for folder, orders in ((SOLVERS, BROKEN_SOLVERS), (PROBLEMS, IN_BROKEN_PROBLEMS)):
        for file in folder.glob("*/*.py"):
            name = f"{file.parent.name}/{file.stem}"
            assert name in helpers or name.removesuffix("/problem") in orders


HEALTHY_PROBLEMS = [*sorted(path.parent.name for path in TOYS.glob("*/problem.py")), "pick_k"]
HEALTHY_SOLVERS = [
    f"{file.parent.name}/{file.stem}"
    for file in sorted(TOYS.glob("*/*.py"))
    if file.stem != "problem"
]


def failed(results):
    return [result for result in results if result.status == FAILED]


@pytest.mark.parametrize("name", HEALTHY_PROBLEMS)
def test_healthy_problem_passes(name, catalogue, lab):
    assert not failed(check_problem(catalogue, name, lab=lab))


@pytest.mark.parametrize("name", HEALTHY_SOLVERS)
def test_healthy_solver_passes(name, catalogue, lab):
    assert not failed(check_solver(catalogue, name, lab=lab))


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_check_is_documented_and_dated(check):
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", check.since)
    assert check.demand.endswith(".")


def test_names_of_checks_are_different():
    assert len({check.name for check in CHECKS}) == len(CHECKS)
