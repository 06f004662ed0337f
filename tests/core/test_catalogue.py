"""What is installed: found by path, listed without importing, and never broken by one file."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from harness.cases import make_case, suite_cases
from harness.catalogue import Catalogue, solver_parameters
from harness.declare import Declarer
from harness.loading import PluginError
from harness.plan import make_plan
from harness.run import Budget
from harness.selectors import Misuse

TOYS = Path(__file__).parents[1] / "toys"
SOLVER = '''"""{doc}"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class {name}(Solver):
    """{doc}"""

    problem = "toy_batch"
    {fields}

    def solve(self, data, rng):
        yield 0
'''


@pytest.fixture
def folder(tmp_path):
    """A copy of toy_batch in which files can be added and changed."""
    root = tmp_path / "toy_batch"
    root.mkdir()
    for file in (TOYS / "toy_batch").glob("*.py"):
        (root / file.name).write_text(file.read_text())
    return root


@pytest.fixture
def index(tmp_path):
    return tmp_path / "index.json"


def write(path, name="Mine", doc="Mine.", fields="pass"):
    path.write_text(SOLVER.format(name=name, doc=doc, fields=fields))
    return path


def test_the_path_is_the_name(toys):
    assert {"toy_batch", "toy_oracle", "toy_online"} <= set(toys.problems)
    assert toys.solvers["toy_batch/guess"].stem == "guess"
    assert [entry.stem for entry in toys.solvers_of("toy_batch")] == ["guess", "scan"]


def test_listing_imports_no_solver_and_not_numpy():
    code = (
        "import sys\nfrom harness.catalogue import Catalogue\n"
        f"Catalogue([{str(TOYS)!r}])\n"
        "bad = [n for n in sys.modules if n == 'numpy' or 'toys.toy' in n or 'k_medoids.' in n]\n"
        "print(bad)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_facts_are_read_without_importing(toys):
    entry = toys.solvers["toy_batch/scan"]
    assert (entry.role, entry.papers) == ("paper", ("toy-paper",))
    assert entry.summary == "Look at every number."


def test_files_that_are_no_solvers_are_passed_over(folder, index):
    (folder / "_shared.py").write_text("x = 1\n")
    (folder / "claims.py").write_text("x = 1\n")
    catalogue = Catalogue([folder], index)
    assert [entry.stem for entry in catalogue.solvers_of("toy_batch")] == ["guess", "scan"]


def test_a_single_file_joins_the_board(tmp_path, index):
    path = write(tmp_path / "mine.py")
    catalogue = Catalogue([path, TOYS], index)  # in whatever order they are named
    assert catalogue.solvers["toy_batch/mine"].load().__name__ == "Mine"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("def solve(:\n", r"mine\.py, line 1: syntax error"),
        ("x = 1\n", "does not say which problem it solves"),
        (
            SOLVER.format(name="A", doc="A.", fields="pass")
            + SOLVER.format(name="B", doc="B.", fields="pass"),
            r"defines 2 solvers \(A, B\)",
        ),
        ("import not_there\n" + SOLVER.format(name="A", doc="A.", fields="pass"), "not_there"),
        (SOLVER.format(name="A", doc="A.", fields="role = 'best'"), "role = 'best'"),
        (SOLVER.format(name="A", doc="A.", fields="restarts: int"), "'restarts' has no default"),
        (SOLVER.format(name="A", doc="A.", fields="pass").replace("(frozen=True)", ""), "frozen"),
        (
            SOLVER.format(name="A", doc="A.", fields="pass").replace("toy_batch", "toy_bach"),
            "did you mean toy_batch",
        ),
        (
            "raise RuntimeError('boom')\n" + SOLVER.format(name="A", doc="A.", fields="pass"),
            "RuntimeError: boom",
        ),
    ],
)
def test_a_single_file_that_can_not_be_used_is_refused(tmp_path, index, text, match):
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises((Misuse, PluginError), match=match):
        make_plan(Catalogue([TOYS, path], index), "toy_batch", ["mine"], [], "smoke", 1, Budget())


@pytest.mark.parametrize("text", ["def solve(:\n", "x = 1\n", "import not_there\n"])
def test_in_a_folder_a_broken_file_leaves_the_others_alone(folder, index, text):
    (folder / "broken.py").write_text(text)
    catalogue = Catalogue([folder], index)
    with pytest.raises(PluginError, match=r"broken\.py"):
        catalogue.solvers["toy_batch/broken"].load()
    assert catalogue.solvers["toy_batch/scan"].load().__name__ == "Scan"


def test_a_file_in_the_folder_of_another_problem_is_refused(folder, index):
    path = write(folder / "mine.py")
    path.write_text(path.read_text().replace("toy_batch", "toy_exact"))
    entry = Catalogue([folder], index).solvers["toy_batch/mine"]
    with pytest.raises(PluginError, match=r"problem = 'toy_exact'.*folder of 'toy_batch'"):
        entry.load()


def test_a_name_that_is_taken_is_refused(tmp_path, index):
    with pytest.raises(Misuse, match=r"toy_batch/scan.*already taken.*rename the file"):
        Catalogue([TOYS, write(tmp_path / "scan.py")], index)


def test_two_packs_with_one_name_are_told_and_the_first_stays(folder, index):
    catalogue = Catalogue([TOYS, folder], index)
    assert any("already taken" in complaint for complaint in catalogue.complaints)
    assert catalogue.solvers["toy_batch/scan"].source.file.startswith(str(TOYS))


def test_a_path_that_is_not_there_is_refused(tmp_path, index):
    with pytest.raises(Misuse, match="no such file"):
        Catalogue([tmp_path / "nothing.py"], index)


def test_a_folder_with_nothing_in_it_is_refused(tmp_path, index):
    with pytest.raises(Misuse, match="neither a problem"):
        Catalogue([tmp_path], index)


class Point:
    """An entry point, as much of it as the catalogue looks at."""

    def __init__(self, name, loaded):
        self.name = name
        self.dist = type("Dist", (), {"name": f"{name}-dist"})
        self._loaded = loaded

    def load(self):
        if isinstance(self._loaded, Exception):
            raise self._loaded
        return self._loaded


def test_an_entry_point_that_raises_harms_nobody(monkeypatch, index):
    points = metadata.entry_points(group="bench_harness")
    broken = Point("broken", RuntimeError("boom"))
    monkeypatch.setattr(metadata, "entry_points", lambda group: [broken, *points])
    catalogue = Catalogue(index=index)
    (complaint,) = catalogue.complaints
    assert "'broken' of broken-dist" in complaint
    assert "RuntimeError: boom" in complaint
    assert "pip uninstall broken-dist" in complaint
    assert "k_medoids/fasterpam" in catalogue.solvers


def test_a_hook_that_raises_harms_nobody(monkeypatch, index):
    from types import ModuleType

    from harness.api import hookimpl

    module = ModuleType("bad_pack")

    @hookimpl
    def bench_packs():
        raise RuntimeError("boom")

    module.bench_packs = bench_packs
    points = metadata.entry_points(group="bench_harness")
    monkeypatch.setattr(metadata, "entry_points", lambda group: [Point("bad", module), *points])
    catalogue = Catalogue(index=index)
    assert any("bench_packs() fails (RuntimeError: boom)" in c for c in catalogue.complaints)
    assert "k_medoids/fasterpam" in catalogue.solvers


def test_the_index_follows_an_edit(folder, index):
    path = write(folder / "mine.py", doc="Before.")
    assert Catalogue([folder], index).solvers["toy_batch/mine"].summary == "Before."
    write(path, doc="After, and longer.")
    assert Catalogue([folder], index).solvers["toy_batch/mine"].summary == "After, and longer."


@pytest.mark.parametrize("content", ["", "[]", '{"version": 0}', '{"files": 3, "version": [2]}'])
def test_a_spoilt_index_is_made_anew(folder, index, content):
    index.write_text(content)
    assert "toy_batch/scan" in Catalogue([folder], index).solvers


def test_unknown_names_are_answered_with_the_nearest(toys):
    with pytest.raises(Misuse, match="did you mean toy_batch"):
        toys.problem("toy_bach")
    with pytest.raises(Misuse, match="did you mean toy_batch/guess"):
        select(toys, "toy_batch", ["gess"])
    with pytest.raises(Misuse, match="did you mean guesses"):
        select(toys, "toy_batch", ["guess[gueses=2]"])


def select(catalogue, problem, texts):
    with Declarer() as declarer:
        return catalogue.select_solvers(problem, texts, declarer.parameters)


def test_a_solver_of_another_board_is_not_selected(toys):
    with pytest.raises(Misuse, match="no solver 'toy_exact/loop' for toy_batch"):
        select(toys, "toy_batch", ["toy_exact/loop"])


def test_selected_solvers_are_labelled_by_what_differs(toys):
    chosen = select(toys, "toy_batch", ["guess[guesses=7],scan", "guess[guesses=5]", "scan"])
    assert [item.label for item in chosen] == ["guess[guesses=7]", "scan", "guess"]


def test_parameters_are_checked_and_defaults_left_out(toys):
    entry = toys.solvers["toy_batch/guess"]
    assert solver_parameters(entry, {"guesses": 5}, {"guesses": 5}) == {}
    assert solver_parameters(entry, {"guesses": 6.0}, {"guesses": 5}) == {"guesses": 6}


def test_cases_have_a_canonical_text(toys):
    problem = toys.problem("toy_batch").load()
    one = make_case("toy_batch", problem, "uniform[low=2.0,n=7]")
    two = make_case("toy_batch", problem, "uniform[n=7,low=2]")
    assert str(one) == str(two) == "uniform[n=7,low=2.0]"
    assert str(make_case("toy_batch", problem, "uniform[n=100]")) == "uniform"
    drawn = make_case("toy_batch", problem, "uniform[draw=3]")
    assert (str(drawn), drawn.draw, drawn.n) == ("uniform[draw=3]", 3, 100)


def test_unknown_cases_parameters_and_suites_are_refused(toys):
    problem = toys.problem("toy_batch").load()
    with pytest.raises(Misuse, match="did you mean uniform"):
        make_case("toy_batch", problem, "unifrom")
    with pytest.raises(Misuse, match="it has n, low"):
        make_case("toy_batch", problem, "uniform[size=3]")
    with pytest.raises(Misuse, match="did you mean smoke"):
        suite_cases("toy_batch", problem, "smok")


def test_a_case_names_its_parameters_in_errors(toys):
    case = make_case("toy_batch", toys.problem("toy_batch").load(), "uniform")
    with pytest.raises(AttributeError, match="'uniform' has no parameter 'k'; it has n, low"):
        case.k  # noqa: B018


def test_folders_of_one_name_are_not_mixed_up(tmp_path, index):
    solvers = []
    for name in ("one", "two"):
        root = tmp_path / name / "toy_batch"
        root.mkdir(parents=True)
        (root / "problem.py").write_text((TOYS / "toy_batch/problem.py").read_text())
        (root / "_shared.py").write_text(f"name = {name!r}\n")
        path = write(root / "mine.py", fields="from toy_batch._shared import name")
        solvers.append(Catalogue([root], index).solvers["toy_batch/mine"].load())
        assert sys.modules[solvers[-1].__module__].__file__ == str(path)
    assert [solver.name for solver in solvers] == ["one", "two"]


def test_a_folder_named_like_an_installed_module_is_refused(tmp_path, index):
    root = tmp_path / "numpy"
    root.mkdir()
    (root / "problem.py").write_text((TOYS / "toy_batch/problem.py").read_text())
    entry = Catalogue([root], index).problem("numpy")
    with pytest.raises(PluginError, match=r"name is that of the module 'numpy'.*rename the folder"):
        entry.load()


def test_what_lies_beside_a_folder_can_not_be_imported(folder, index):
    (folder.parent / "secretly.py").write_text("x = 1\n")
    write(folder / "mine.py", fields="import secretly")
    with pytest.raises(PluginError, match="secretly"):
        Catalogue([folder], index).solvers["toy_batch/mine"].load()
