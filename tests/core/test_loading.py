"""Plugin files that can't be used: each is told by its own name and line, and ends nothing."""

import sys
from pathlib import Path

import pytest

from harness import index as index_module
from harness.api import Solver
from harness.catalogue import Catalogue
from harness.loading import PluginError, Source, imported_modules, load_class, load_module
from harness.plan import instance, job, make_plan
from harness.run import Budget

TOYS = Path(__file__).parents[1] / "toys"


@pytest.fixture
def pack(tmp_path):
    """A pack in a folder of a name that no other test uses, and a function that adds files."""
    root = tmp_path / f"pack_{tmp_path.name}"
    (root / "board").mkdir(parents=True)

    def write(name, text):
        file = root / "board" / f"{name}.py"
        file.write_text(text)
        return Source(str(file), f"{root.name}.board.{name}", str(tmp_path))

    return write


@pytest.fixture(autouse=True)
def import_path():
    before, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = before
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def test_an_exit_on_import_is_an_error_of_the_file_and_not_the_end(pack, write_solver):
    for source in (
        pack("leaves", "import sys; sys.exit(3)\n"),
        Source(str(write_solver("yield 1", before="raise SystemExit('no licence')\n"))),
    ):
        with pytest.raises(PluginError, match=r"fails when it is imported: SystemExit"):
            load_module(source)


def test_a_syntax_error_in_a_helper_is_told_where_it_is(pack):
    pack("_helper", "x = 1\ndef broken(:\n")
    source = pack("mine", "from . import _helper\n")
    with pytest.raises(PluginError, match=r"_helper\.py, line 2: syntax error"):
        load_module(source)


def test_a_file_that_is_missed_on_import_is_not_taken_for_the_plugin(pack, write_solver):
    for source in (
        pack("mine", "open('/nowhere/weights.txt')\n"),
        Source(str(write_solver("yield 1", before="open('/nowhere/weights.txt')\n"))),
    ):
        with pytest.raises(PluginError, match=r"fails when it is imported.*weights\.txt"):
            load_module(source)


def test_a_file_that_is_not_there_is_told(tmp_path, pack):
    absent = pack("mine", "")
    (tmp_path / f"pack_{tmp_path.name}" / "board" / "mine.py").unlink()
    for source in (absent, Source(str(tmp_path / "nothing.py"))):
        with pytest.raises(PluginError, match="there is no such file"):
            load_module(source)


def test_a_file_of_another_kind_is_told(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("x = 1\n")
    with pytest.raises(PluginError, match=r"notes\.txt is no Python file"):
        load_module(Source(str(file)))


def test_a_folder_hidden_by_a_module_of_the_same_name_is_not_run_in_its_place(tmp_path):
    (tmp_path / "json" / "board").mkdir(parents=True)
    file = tmp_path / "json" / "decoder.py"
    file.write_text("x = 1\n")
    with pytest.raises(PluginError, match=r"name is that of the module 'json'.*rename"):
        load_module(Source(str(file), "json.decoder", str(tmp_path)))


def test_a_folder_named_like_a_module_that_is_not_loaded_yet_is_refused_too(tmp_path):
    assert "mailbox" not in sys.modules
    (tmp_path / "mailbox" / "board").mkdir(parents=True)
    file = tmp_path / "mailbox" / "board" / "mine.py"
    file.write_text("x = 1\n")
    with pytest.raises(PluginError, match=r"name is that of the module 'mailbox'.*rename"):
        load_module(Source(str(file), "mailbox.board.mine", str(tmp_path)))


def test_single_files_of_the_same_name_are_each_themselves(tmp_path):
    classes = []
    for folder in ("a", "b"):
        file = tmp_path / folder / "mine.py"
        file.parent.mkdir()
        file.write_text(
            "from harness.api import Solver\nclass Mine(Solver):\n"
            f"    problem = 'toy_batch'\n    where = {folder!r}\n"
        )
        classes.append(load_class(Source(str(file)), Solver, "solver"))
    assert [found.where for found in classes] == ["a", "b"]


def test_an_entry_point_that_exits_harms_nobody(monkeypatch, tmp_path):
    from importlib import metadata

    class Leaves:
        name = "leaves"
        dist = None

        def load(self):
            raise SystemExit("no licence")

    points = metadata.entry_points(group="bench_harness")
    monkeypatch.setattr(metadata, "entry_points", lambda group: [Leaves(), *points])
    catalogue = Catalogue(index=tmp_path / "index.json")
    assert any("'leaves'" in complaint for complaint in catalogue.complaints)
    assert "k_medoids/fasterpam" in catalogue.solvers


# ---------------------------------------------------------------- facts of a class


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ('papers = ("forgot-the-comma")', r"papers = 'forgot-the-comma'; expected .*tuple"),
        ("papers = 5", r"papers = 5; expected .*tuple"),
        ("papers = (1, 2)", r"papers = \(1, 2\); expected .*tuple"),
        ("requires = None", r"requires = None; expected .*tuple"),
        ("requires = {'a': 1}", r"requires = .*; expected .*tuple"),
        ("role = b'paper'", r"role = b'paper'; expected a text"),
        ("role = 1j", r"role = 1j; expected a text"),
    ],
)
def test_a_fact_of_the_wrong_type_is_told_and_the_others_are_listed(
    pack, tmp_path, line, match, toys
):
    text = "from harness.api import Solver\nclass Mine(Solver):\n    problem = 'board'\n"
    pack("problem", "from harness.api import Problem\nclass Board(Problem): ...\n")
    pack("good", text)
    pack("mine", text + f"    {line}\n")
    root = tmp_path / f"pack_{tmp_path.name}"
    for _ in range(2):  # the second time from the index
        catalogue = Catalogue([root], tmp_path / "index.json")
        assert {"board/good", "board/mine"} <= set(catalogue.solvers)
        assert catalogue.solvers["board/good"].error == ""
        with pytest.raises(PluginError, match=match):
            catalogue.solvers["board/mine"].load()


@pytest.mark.parametrize("line", ["x = {[]: 1}", "x = {**1}", "x = -'a'", "x = [*y]", "x: int"])
def test_a_line_that_is_no_literal_is_passed_over(tmp_path, line):
    file = tmp_path / "mine.py"
    file.write_text(f'"""Mine."""\nclass Mine:\n    {line}\n    problem = "p"\n')
    facts = index_module.Index(tmp_path / "index.json").facts(file)
    assert (facts["error"], facts["problem"], facts["summary"]) == ("", "p", "Mine.")


# ---------------------------------------------------------------- parameters and plans

PARAMETER = """
import sys
from dataclasses import dataclass, field
import numpy as np
from harness.api import Solver

@dataclass(frozen=True)
class Mine(Solver):
    problem = "toy_batch"
    p: {kind} = {default}

    def solve(self, data, rng):
        yield 0
"""


def plan_with(tmp_path, kind, default, selector="mine"):
    file = tmp_path / "mine.py"
    file.write_text(PARAMETER.format(kind=kind, default=default))
    catalogue = Catalogue([TOYS, file], tmp_path / "index.json")
    return make_plan(catalogue, "toy_batch", [selector], [], "smoke", 1, Budget())


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        ("object", "np.float32"),
        ("object", "field(default_factory=lambda: np.zeros(3))"),
        ("object", "field(default_factory=set)"),
        ("float", "float('inf')"),
        ("float", "float('nan')"),
    ],
)
def test_a_parameter_that_can_not_be_written_down_is_refused_and_ends_nothing(
    tmp_path, kind, default
):
    (who,) = plan_with(tmp_path, kind, default).contestants
    assert "can't be written down" in who.refusal


@pytest.mark.parametrize(
    ("typed", "got"), [("007", "007"), ("none", "none"), ("true", "true"), ("1e3", "1e3")]
)
def test_a_text_is_taken_as_it_was_typed(tmp_path, typed, got):
    (who,) = plan_with(tmp_path, "str", "'x'", f"mine[p={typed}]").contestants
    assert who.parameters == {"p": got}
    assert who.label == f"mine[p={got}]"


@pytest.mark.parametrize(
    ("kind", "default", "typed", "got"),
    [
        ("float", "1.0", "2", 2.0),
        ("int", "1", "3.0", 3),
        ("bool", "False", "true", True),
        ("int | None", "None", "4", 4),
        ("int | None", "3", "4", 4),
    ],
)
def test_other_parameters_are_read_by_their_default(tmp_path, kind, default, typed, got):
    (who,) = plan_with(tmp_path, kind, default, f"mine[p={typed}]").contestants
    assert who.parameters == {"p": got}
    assert type(who.parameters["p"]) is type(got)


def test_a_solver_that_can_not_be_made_is_refused_and_ends_nothing(tmp_path):
    (who,) = plan_with(tmp_path, "int", "field(default_factory=sys.exit)").contestants
    assert "can't be made: SystemExit" in who.refusal


def test_what_open_imports_is_told_apart_from_what_the_file_does(tmp_path):
    file = tmp_path / "problem.py"
    file.write_text(
        "import math\n"
        "class Board:\n"
        "    def make(self, case, rng):\n        import scipy.stats\n"
        "    def open(self, data, meter):\n        import json.tool\n"
        "        from csv import reader\n"
    )
    assert {"math", "scipy.stats", "json.tool"} <= set(imported_modules(str(file)))
    assert imported_modules(str(file), within="open") == ["csv", "csv.reader", "json.tool"]
    assert imported_modules(str(file), within="score") == []


def test_what_open_imports_is_loaded_before_the_data(tmp_path):
    problem = tmp_path / "acme" / "board" / "problem.py"
    problem.parent.mkdir(parents=True)
    text = (TOYS / "toy_batch" / "problem.py").read_text()
    opened = "    def open(self, data, meter):\n        import colorsys\n\n        return data\n"
    problem.write_text(text.rstrip() + "\n\n" + opened)
    solver = "from harness.api import Solver\n\nclass Mine(Solver):\n    problem = 'board'\n"
    (problem.parent / "mine.py").write_text(
        solver + "    def solve(self, data, rng):\n        yield 0\n"
    )
    catalogue = Catalogue([problem.parent.parent], tmp_path / "index.json")
    plan = make_plan(catalogue, "board", [], [], "smoke", 1, Budget())
    stored = instance(plan, plan.cases[0])
    assert "colorsys" in job(plan, plan.contestants[0], stored, 0)["preload"]
