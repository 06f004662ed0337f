"""The conformance kit: what every solver and every problem must do, held against one of them.

`bench check` runs it, our tests run it over all that is installed, and authors run it under pytest:

    import pytest
    from harness.testing import conformance

    @pytest.mark.parametrize("check", conformance("mine.py"), ids=str)
    def test_mine(check):
        check()

Each check states what it demands, when it applies and since when it is made. Plugin code runs in
isolated processes under hard limits, so that what hangs or crashes fails its checks and nothing
else; only a problem's own methods run here, as they do in every bench.
"""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.api import Problem
from harness.catalogue import Catalogue, Configured, SolverEntry
from harness.declare import Declarer
from harness.loading import PluginError
from harness.selectors import Misuse, nearest
from harness.testing import answer_checks, problem_checks, solver_checks, solver_habits
from harness.testing.lab import Lab
from harness.testing.model import (
    FAILED,
    NOT_APPLICABLE,
    PASSED,
    Check,
    Checked,
    CheckResult,
    Failed,
    NotApplicable,
)
from harness.testing.subjects import board_of

__all__ = [
    "FAILED",
    "NOT_APPLICABLE",
    "PASSED",
    "PROBLEM_CHECKS",
    "SOLVER_CHECKS",
    "Check",
    "CheckResult",
    "Item",
    "Lab",
    "check_problem",
    "check_solver",
    "conformance",
]

SOLVER_CHECKS: tuple[Check, ...] = (*solver_checks.CHECKS, *solver_habits.CHECKS)
PROBLEM_CHECKS: tuple[Check, ...] = (*problem_checks.CHECKS, *answer_checks.CHECKS)
_EXPECTED = (
    "expected a solver, a problem or a pack (`bench statistics --plugin FILE` shows whether a "
    "statistic works)"
)


def check_solver(
    catalogue: Catalogue,
    solver: SolverEntry | Configured | str,
    problem: str | None = None,
    lab: Lab | None = None,
    as_of: str | None = None,
) -> list[CheckResult]:
    """Hold every demand against a solver.

    Args:
        catalogue: where the solver and its problem are found.
        solver: its entry, or its name as users type it: `k_medoids/pam[init=lab]`, or
            `pam[init=lab]` with `problem`.
        problem: name of the problem, where `solver` doesn't give it.
        lab: where to run; opened for this call where there is none.
        as_of: a date such as "2026-11-21"; demands that are newer are left out.

    Raises:
        Misuse: for an unknown name; names the nearest.
    """
    configured = _configured(catalogue, solver, problem)
    with _opened(lab) as opened:
        subject = board_of(catalogue, configured.entry.problem, opened).solver(configured)
        return [check.on(subject) for check in _dated(SOLVER_CHECKS, as_of)]


def check_problem(
    catalogue: Catalogue, name: str, lab: Lab | None = None, as_of: str | None = None
) -> list[CheckResult]:
    """Hold every demand against a problem, with answers of a few of its solvers.

    Args:
        catalogue: where the problem is found.
        name: its name.
        lab: where to run; opened for this call where there is none.
        as_of: a date such as "2026-11-21"; demands that are newer are left out.

    Raises:
        Misuse: for an unknown name; names the nearest.
    """
    catalogue.problem(name)
    with _opened(lab) as opened:
        subject = board_of(catalogue, name, opened)
        return [check.on(subject) for check in _dated(PROBLEM_CHECKS, as_of)]


@dataclass(frozen=True)
class Item:
    """One check of one solver or problem, as a test: call it.

    Attributes:
        check: the demand.
        subject: what it is held against.
    """

    check: Check
    subject: Checked

    def __str__(self) -> str:
        return f"{self.subject.name}:{self.check.name}"

    def result(self) -> CheckResult:
        """What the check finds."""
        return self.check.on(self.subject)

    def __call__(self) -> None:
        """Check.

        Raises:
            AssertionError: where the check fails, with its sentence.
            unittest.SkipTest: where it doesn't apply, with the reason; pytest shows it as skipped.
        """
        __tracebackhide__ = True
        result = self.result()
        if result.status == FAILED:
            raise AssertionError(f"{result.sentence}\n(the kit demands: {self.check.demand})")
        if result.status == NOT_APPLICABLE:
            from unittest import SkipTest

            raise SkipTest(result.sentence)


def conformance(
    target: str | Path,
    plugins: Sequence[str | Path] = (),
    as_of: str | None = None,
    lab: Lab | None = None,
) -> list[Item]:
    """The checks of what `target` names, as tests for `pytest.mark.parametrize`.

    Args:
        target: a plugin file, a problem's or a pack's folder, or a name: `k_medoids` is the
            problem with all its solvers, `k_medoids/pam[init=lab]` one solver.
        plugins: further files and folders that must be known, as for `bench run --plugin`.
        as_of: a date such as "2026-11-21"; demands that are newer are left out, so that an
            upgrade of the harness breaks no tests.
        lab: where to run; by default one that all items share, closed at exit.

    Raises:
        Misuse: for an unknown name; names the nearest.
    """
    catalogue = Catalogue(plugins)
    path = Path(target)
    if target in catalogue.problems:
        names = [str(target)] + [entry.name for entry in catalogue.solvers_of(str(target))]
    elif path.suffix == ".py" or path.is_dir():
        try:
            catalogue, names = _in_path(path.absolute(), catalogue, plugins)
        except (Misuse, PluginError) as error:
            return [Item(_refusal(str(error)), _Unusable(path.stem))]
    else:
        names = [str(target)]
    opened = lab or _shared_lab()
    items = []
    for name in names:
        board = board_of(catalogue, name.partition("/")[0], opened)
        if name in catalogue.problems:
            items += [Item(check, board) for check in _dated(PROBLEM_CHECKS, as_of)]
        else:
            subject = board.solver(_configured(catalogue, name, None))
            items += [Item(check, subject) for check in _dated(SOLVER_CHECKS, as_of)]
    return items


def _in_path(
    path: Path, known: Catalogue, plugins: Sequence[str | Path]
) -> tuple[Catalogue, list[str]]:
    """A catalogue that knows the file or folder, and the names of what lies there."""
    if not path.exists():
        raise Misuse(f"{path}: there is no such file or folder")

    def inside(catalogue: Catalogue) -> list[str]:
        files = {
            name: Path(entry.source.file)
            for entries in (catalogue.problems, catalogue.solvers)
            for name, entry in entries.items()
        }
        return [name for name, file in files.items() if path in (file, *file.parents)]

    if names := inside(known):
        return known, names
    beside = path.is_file() and (path.parent / "problem.py").exists()
    catalogue = Catalogue([*plugins, path.parent if beside else path])
    names = inside(catalogue)
    if not names:
        raise Misuse(
            f"{path} holds nothing that can be checked; "
            + (" ".join(catalogue.complaints) or _EXPECTED)
        )
    return catalogue, names


class _Unusable:
    """Stands for a file that no catalogue takes."""

    def __init__(self, name: str) -> None:
        self.name = name

    def problem_class(self) -> Problem:
        raise NotApplicable("there is no problem")


def _refusal(why: str) -> Check:
    """The check `loads`, which the file failed before there was anything to load."""

    def loads(subject: object) -> str:
        raise Failed(why)

    first = SOLVER_CHECKS[0]
    return Check(first.name, first.since, first.of, first.demand, first.kinds, loads)


def _configured(
    catalogue: Catalogue, solver: SolverEntry | Configured | str, problem: str | None
) -> Configured:
    if isinstance(solver, Configured):
        return solver
    if isinstance(solver, SolverEntry):
        return Configured(solver)
    board = problem or solver.partition("/")[0]
    if solver in catalogue.solvers:  # without loading it, which may fail
        return Configured(catalogue.solvers[solver])
    if f"{board}/{solver}" in catalogue.solvers:
        return Configured(catalogue.solvers[f"{board}/{solver}"])
    if problem is None and "/" not in solver:
        hint = nearest(solver, [*catalogue.problems, *catalogue.solvers])
        raise Misuse(
            f"there is no problem or solver {solver!r}; {hint or '`bench list` names them all'}"
        )
    with Declarer() as declarer:
        return catalogue.select_solvers(board, [solver], declarer.parameters)[0]


def _dated(checks: Sequence[Check], as_of: str | None) -> Iterator[Check]:
    return (check for check in checks if as_of is None or check.since <= as_of)


@contextlib.contextmanager
def _opened(lab: Lab | None) -> Iterator[Lab]:
    if lab is not None:
        yield lab
        return
    with Lab() as fresh:
        yield fresh


_shared: list[Lab] = []


def _shared_lab() -> Lab:
    """One lab for all items of this process, opened when it first runs something."""
    if not _shared:
        _shared.append(Lab())
        atexit.register(_shared[0].close)
    return _shared[0]
