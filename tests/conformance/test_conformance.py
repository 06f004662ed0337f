"""How the kit is used: by name, by path, under pytest, and what it says when it can't be."""

import subprocess
import sys
import textwrap
import unittest
from pathlib import Path

import pytest

from harness.catalogue import Catalogue, Configured
from harness.run import Budget
from harness.selectors import Misuse
from harness.testing import (
    FAILED,
    NOT_APPLICABLE,
    PASSED,
    PROBLEM_CHECKS,
    SOLVER_CHECKS,
    Lab,
    check_problem,
    check_solver,
    conformance,
)
from harness.testing.lab import one_line
from harness.testing.subjects import ProblemSubject, SolverSubject

TOYS = Path(__file__).parents[1] / "toys"
MINE = '''
    """The first index, always."""

    from dataclasses import dataclass

    from harness.api import Solver


    @dataclass(frozen=True)
    class Mine(Solver):
        """The first index, always."""

        problem = "toy_batch"
        {more}

        def solve(self, data, rng):
            yield 0
'''


def write(folder, name, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(textwrap.dedent(text).lstrip("\n"))
    return folder / name


def statuses(results):
    return {result.check: result.status for result in results}


@pytest.fixture
def catalogue(toys):
    return toys


def test_a_name_gives_the_checks_of_one_solver():
    items = conformance("toy_batch/scan", [TOYS])

    assert [str(item) for item in items] == [f"toy_batch/scan:{check}" for check in SOLVER_CHECKS]


def test_a_problems_name_gives_its_checks_and_those_of_its_solvers():
    items = conformance("toy_batch", [TOYS])

    of = [(item.subject.name, item.check.name) for item in items]
    assert of[: len(PROBLEM_CHECKS)] == [("toy_batch", check.name) for check in PROBLEM_CHECKS]
    assert {name for name, _ in of} == {"toy_batch", "toy_batch/guess", "toy_batch/scan"}


def test_the_path_of_an_installed_file_or_of_one_beside_a_problem_is_that_solver():
    for plugins in ([TOYS], []):
        items = conformance(TOYS / "toy_batch" / "scan.py", plugins)
        assert {item.subject.name for item in items} == {"toy_batch/scan"}


def test_the_path_of_a_folder_is_all_that_lies_there():
    names = {item.subject.name for item in conformance(TOYS / "toy_exact")}

    assert names == {"toy_exact", "toy_exact/loop", "toy_exact/vectorised"}


def test_parameters_can_be_given(catalogue, lab):
    for name in ("toy_batch/guess[guesses=3]", "guess[guesses=3]"):
        results = check_solver(catalogue, name, "toy_batch", lab=lab)
        assert {result.subject for result in results} == {"toy_batch/guess[guesses=3]"}
        assert FAILED not in statuses(results).values()


def test_an_entry_can_be_given(catalogue, lab):
    entry = catalogue.solvers["toy_exact/loop"]

    for given in (entry, Configured(entry)):
        assert statuses(check_solver(catalogue, given, lab=lab))["answers"] == PASSED


@pytest.mark.parametrize("name", ["toy_batch/skan", "skan", "toy_bach"])
def test_an_unknown_name_is_answered_with_the_nearest(name):
    with pytest.raises(Misuse, match="toy_batch"):
        conformance(name, [TOYS])


def test_newer_checks_can_be_left_out(catalogue, lab):
    newest = max(check.since for check in (*SOLVER_CHECKS, *PROBLEM_CHECKS))
    everything = conformance("toy_batch", [TOYS])

    assert len(conformance("toy_batch", [TOYS], as_of=newest)) == len(everything)
    assert conformance("toy_batch", [TOYS], as_of="2026-11-20") == []
    assert check_solver(catalogue, "toy_batch/scan", lab=lab, as_of="2026-11-20") == []
    assert check_problem(catalogue, "toy_batch", lab=lab, as_of="2026-11-20") == []


def test_a_lab_is_opened_where_none_is_given(catalogue):
    assert FAILED not in statuses(check_solver(catalogue, "toy_batch/scan")).values()
    assert FAILED not in statuses(check_problem(catalogue, "toy_batch")).values()


def test_checks_that_do_not_apply_say_why(catalogue, lab):
    found = {result.check: result for result in check_solver(catalogue, "toy_exact/loop", lab=lab)}

    assert found["symmetries"].status == NOT_APPLICABLE
    assert "no symmetries" in found["symmetries"].sentence
    assert found["calls_spent"].sentence == "it is for problems of kind oracle or online"
    assert found["improves"].sentence == "it is for problems of kind batch or oracle"


def test_every_check_applies_somewhere(catalogue, lab):
    applied = set()
    for problem in catalogue.problems.keys() & {"toy_batch", "toy_oracle", "toy_prediction"}:
        results = check_problem(catalogue, problem, lab=lab)
        for entry in catalogue.solvers_of(problem):
            results += check_solver(catalogue, entry, lab=lab)
        applied |= {result.check for result in results if result.status == PASSED}

    assert applied == {check.name for check in (*SOLVER_CHECKS, *PROBLEM_CHECKS)}


def test_a_problem_is_checked_with_methods_of_papers_and_baselines(tmp_path, cache, lab):
    text = (TOYS / "toy_batch" / "problem.py").read_text()
    write(tmp_path / "board", "problem.py", text)
    roles = dict.fromkeys("abcd", "baseline") | dict.fromkeys("ef", "peer") | {"g": "paper"}
    for name, role in roles.items():
        more = (
            f'role = "{role}"\n        papers = ("x",)' if role == "paper" else f'role = "{role}"'
        )
        text = textwrap.dedent(MINE).format(more=more.replace("\n    ", "\n"))
        write(tmp_path / "board", f"{name}.py", text.replace("toy_batch", "board"))

    board = ProblemSubject(Catalogue([tmp_path / "board"]), "board", lab)

    assert [solver.entry.stem for solver in board.solvers] == ["a", "g", "b", "c"]


def test_a_problem_without_solvers_is_checked_as_far_as_that_goes(tmp_path, cache, lab):
    text = (TOYS / "toy_batch" / "problem.py").read_text()
    write(tmp_path / "lonely", "problem.py", text)

    found = statuses(check_problem(Catalogue([tmp_path / "lonely"]), "lonely", lab=lab))

    assert found.pop("scores_repeat") == NOT_APPLICABLE
    assert found.pop("symmetries_hold") == NOT_APPLICABLE
    assert found.pop("exact") == NOT_APPLICABLE
    assert found.pop("normal_forms") == NOT_APPLICABLE
    assert found.pop("items") == NOT_APPLICABLE
    assert found.pop("holes") == NOT_APPLICABLE
    assert set(found.values()) == {PASSED}


def test_a_solver_that_lacks_a_package_is_not_judged(tmp_path, cache, lab):
    mine = write(tmp_path, "mine.py", MINE.format(more='requires = ("no-such-package",)'))

    results = check_solver(Catalogue([TOYS, mine]), "toy_batch/mine", lab=lab)

    assert {result.status for result in results} == {NOT_APPLICABLE}
    said = "no-such-package is not installed: pip install no-such-package"
    assert results[0].sentence == results[1].sentence == said


def test_a_solver_with_a_syntax_error_in_a_pack_fails_to_load(tmp_path, cache, lab):
    write(tmp_path / "toy_batch", "mine.py", "def solve(:\n")

    results = check_solver(Catalogue([TOYS, tmp_path]), "toy_batch/mine", lab=lab)

    assert statuses(results).pop("loads") == FAILED
    assert "mine.py, line 1: syntax error" in results[0].sentence
    assert {result.status for result in results[1:]} == {NOT_APPLICABLE}


def test_a_solver_of_no_problem_fails_to_load(tmp_path, cache, lab):
    write(tmp_path / "nowhere", "mine.py", MINE.format(more="").replace("toy_batch", "nowhere"))

    results = check_solver(Catalogue([TOYS, tmp_path]), "nowhere/mine", lab=lab)

    assert results[0].status == FAILED
    assert "solves 'nowhere', which is no problem here" in results[0].sentence
    assert {result.status for result in results[1:]} == {NOT_APPLICABLE}, results


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\n", "does not say which problem it solves"),
        (MINE.format(more="").replace('"toy_batch"', '"no_such"'), "which is no problem here"),
        ("def broken(:\n", "syntax error"),
    ],
)
def test_a_file_that_no_catalogue_takes_is_one_failed_check(tmp_path, cache, text, said):
    items = conformance(write(tmp_path, "mine.py", text), [TOYS])

    assert [str(item) for item in items] == ["mine:loads"]
    with pytest.raises(AssertionError, match=said):
        items[0]()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("    import no_such_library\n", "imports what is not installed"),
        ("    1 / 0\n", "fails when it is imported"),
    ],
)
def test_a_file_that_can_not_be_imported_fails_the_first_check(tmp_path, cache, lab, line, said):
    items = conformance(write(tmp_path, "mine.py", line + MINE.format(more="")), [TOYS], lab=lab)

    with pytest.raises(AssertionError, match=said):
        items[0]()


def test_a_path_that_is_not_there_is_one_failed_check(tmp_path):
    (item,) = conformance(tmp_path / "mine.py")

    assert item.result().status == FAILED
    assert "there is no such file" in item.result().sentence


@pytest.mark.parametrize(("after", "status"), [(40, PASSED), (0, NOT_APPLICABLE)])
def test_a_solver_may_need_calls_before_its_first_answer(after, status, tmp_path, cache, lab):
    mine = write(
        tmp_path,
        "mine.py",
        f"""
        \"\"\"Sixty calls, an answer, some more calls, another one.\"\"\"

        from dataclasses import dataclass

        from harness.api import Solver


        @dataclass(frozen=True)
        class Mine(Solver):
            problem = "toy_oracle"

            def solve(self, oracle, rng):
                for calls in (60, {after}):
                    for _ in range(calls):
                        oracle.value(0.0)
                    yield 0.0
        """,
    )

    results = check_solver(Catalogue([TOYS, mine]), "toy_oracle/mine", lab=lab)

    assert statuses(results)["calls_spent"] == status
    assert FAILED not in statuses(results).values()


def test_a_name_that_is_taken_is_one_failed_check(tmp_path, cache):
    write(tmp_path, "scan.py", MINE.format(more=""))

    (item,) = conformance(tmp_path / "scan.py", [TOYS])

    assert "is already taken" in item.result().sentence


def test_an_item_passes_fails_or_skips(tmp_path, cache, lab):
    mine = write(tmp_path, "mine.py", MINE.format(more="").replace("yield 0", "yield -1"))
    items = {item.check.name: item for item in conformance(mine, [TOYS], lab=lab)}

    items["loads"]()
    with pytest.raises(AssertionError, match=r"index -1 is out of range.*\n\(the kit demands: "):
        items["answers"]()
    with pytest.raises(unittest.SkipTest, match="for problems of kind oracle or online"):
        items["calls_spent"]()


def test_authors_use_it_under_pytest(tmp_path):
    write(tmp_path, "mine.py", MINE.format(more=""))
    write(tmp_path, "worse.py", MINE.format(more="").replace("yield 0", "yield None"))
    write(
        tmp_path,
        "test_mine.py",
        f"""
        from pathlib import Path

        import pytest

        from harness.testing import conformance

        HERE, TOYS = Path(__file__).parent, {str(TOYS)!r}


        @pytest.mark.parametrize("check", conformance(HERE / "mine.py", [TOYS]), ids=str)
        def test_mine(check):
            check()


        @pytest.mark.parametrize("check", conformance(HERE / "worse.py", [TOYS]), ids=str)
        def test_worse(check):
            check()
        """,
    )

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-rs", "-W", "error", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_mine[toy_batch/mine:repeatable] PASSED" in done.stdout
    assert "test_mine[toy_batch/mine:calls_spent] SKIPPED" in done.stdout
    assert "it is for problems of kind oracle or online" in done.stdout
    assert "test_worse[toy_batch/worse:answers] FAILED" in done.stdout
    assert "the answer is a NoneType, expected an index" in done.stdout
    assert done.stdout.count(" FAILED") == 1
    assert not done.stderr


def test_the_kit_does_not_import_pytest():
    script = "import sys, harness.testing; print('pytest' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.stdout == "False\n"


def test_a_lab_leaves_nothing_behind(catalogue):
    with Lab() as lab:
        subject = SolverSubject(
            ProblemSubject(catalogue, "toy_batch", lab),
            Configured(catalogue.solvers["toy_batch/scan"]),
        )
        run = subject.run(subject.board.spots[0], Budget())
        scratch, servers = Path(lab._scratch), [worker._server for worker in lab._workers]
        assert run.ok
        assert scratch.exists()

    assert not scratch.exists()
    assert [server.poll() for server in servers] == [0, 0]


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("", ""),
        ("killed after 2 s, the limit of a run", "killed after 2 s, the limit of a run"),
        (
            'File "/a/b.py", line 7, in solve\n    do()\n    ^^^^\nValueError: no\nluck',
            "ValueError: no (b.py, line 7)",
        ),
        ('File "/a/b.py", line 7, in solve\n    do()', "do() (b.py, line 7)"),
    ],
)
def test_a_traceback_becomes_one_line(message, line):
    assert one_line(message) == line
