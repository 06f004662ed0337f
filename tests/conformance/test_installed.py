"""Everything that is installed here passes the kit."""

import pytest

from harness.catalogue import Catalogue
from harness.testing import FAILED, check_problem, check_solver


@pytest.fixture(scope="module")
def catalogue(cache):
    return Catalogue()


def pytest_generate_tests(metafunc):
    """One test for each problem and solver, so that a failure has a name."""
    with_index = metafunc.config.cache.mkdir("bench-kit") / "index.json"
    installed = Catalogue(index=with_index)
    for argument, names in (("problem", installed.problems), ("solver", installed.solvers)):
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, sorted(names))


def failed(results):
    return [str(result) for result in results if result.status == FAILED]


def test_installed_problem_conforms(problem, catalogue, lab):
    assert failed(check_problem(catalogue, problem, lab=lab)) == []


def test_installed_solver_conforms(solver, catalogue, lab):
    assert failed(check_solver(catalogue, solver, lab=lab)) == []
