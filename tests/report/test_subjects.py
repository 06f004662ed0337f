"""What pages say of a solver is read from its file and asked elsewhere; nothing is imported."""

import re

import pytest

from harness.catalogue import Catalogue
from harness.isolate import Worker
from harness.report.subjects import Written, written

from . import synthetic
from .test_hostile import harmless
from .test_site import Parsed

BOTH = '''
"""A module."""

from harness.api import Solver


class State(dict):
    """No solver."""

    name: str = ""  # not this one


class _Base(Solver):
    problem = "demo"
    shared: int = 1  # of the base


class Made(_Base):
    """The solver,

        indented.
    """

    init: str = "random"  # or build
    weights: tuple[float, ...] = (
        0.5,
        0.25,
    )  # of the rounds
    plain: int = 3
    text: str = "ä"  # ü

    def solve(self, data, rng):
        best: int = 0  # not a parameter
        yield best
'''


def test_docstrings_and_notes_are_read_from_the_text(tmp_path):
    path = tmp_path / "made.py"
    notes = {"init": "or build", "weights": "of the rounds", "text": "ü"}
    expected = Written("A module.", "The solver,\n\nindented.", notes)
    for content in (
        BOTH.lstrip().encode(),
        BOTH.lstrip().replace("\n", "\r\n").encode(),
        ("# coding: latin-1\n" + BOTH.lstrip()).encode("latin-1"),
        BOTH.encode("utf-8-sig"),
        BOTH.replace("\nclass State", '\nBREAK = "a\u2028b\x1cc"\n\n\nclass State').encode(),
    ):
        path.write_bytes(content)
        assert written(str(path)) == expected


def test_the_class_that_names_its_problem_is_the_solver(tmp_path):
    path = tmp_path / "made.py"
    path.write_text(
        'class Late(ValueError):\n    """An error."""\n\n    def solve(self): ...\n\n\n'
        'class Made(Base):\n    """It."""\n\n    problem = "demo"\n'
    )
    assert written(str(path)).own == "It."


@pytest.mark.parametrize("content", [b"def :\n", b"a\0b", b"\xff\xfe", b"-" * 100_000 + b"1\n"])
def test_a_file_that_can_not_be_read_says_nothing(tmp_path, content):
    path = tmp_path / "made.py"
    assert written(str(path)) == Written()
    path.write_bytes(content)
    assert written(str(path)) == Written()


@pytest.fixture
def with_solver(tmp_path):
    """A catalogue of the problem demo and one solver, fasterpam, of the given text."""

    def make(text):
        folder = tmp_path / "one_pack" / "demo"
        folder.mkdir(parents=True)
        (folder / "problem.py").write_text(
            'from harness.api import Problem\n\n\nclass Demo(Problem):\n    title = "demo"\n'
        )
        (folder / "fasterpam.py").write_text(text)
        return Catalogue([folder.parent], index=tmp_path / "index.json")

    return make


def records(*solvers):
    return list(synthetic.records("demo", cases=["iris"], solvers=solvers, seeds=1))


SOLVER = """
from dataclasses import dataclass, field{more}

from harness.api import Solver


@dataclass(frozen=True)
class Made(Solver):
    problem = "demo"
"""


def test_a_default_of_a_factory_is_shown(make_site, with_solver):
    text = SOLVER.format(more="") + "    steps: list = field(default_factory=lambda: [1, 2])  # x\n"
    site = make_site(records("fasterpam"), catalogue=with_solver(text))
    html = (site / "solvers/demo/fasterpam.html").read_text()
    assert re.search(r"(<td><code>\[1, 2\]</code></td>){2}<td[^>]*>x</td>", html)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("\nraise SystemExit(3)", "SystemExit: 3"),
        ("\nimport os\nos._exit(0)", "crashed"),
    ],
)
def test_a_solver_that_can_not_be_loaded_keeps_its_results(make_site, with_solver, more, said):
    site = make_site(records("fasterpam"), catalogue=with_solver(SOLVER.format(more=more)))
    text = Parsed((site / "solvers/demo/fasterpam.html").read_text()).text
    assert "Its file can't be used here: " in text
    assert said in text


def test_solvers_are_asked_each_once(make_site, catalogue, monkeypatch):
    asked = []
    run = Worker.run

    def spy(self, job, limits):
        asked.append((job["parameters"]["entry"]["problem"], job["parameters"]["entry"]["stem"]))
        return run(self, job, limits)

    monkeypatch.setattr(Worker, "run", spy)
    make_site(records("fasterpam", "fasterpam[init=build]", "clara", "sloppy"), catalogue=catalogue)
    installed = [entry.stem for entry in catalogue.solvers_of("demo")]
    assert sorted(stem for problem, stem in asked if problem == "demo") == sorted(installed)
    assert len(asked) == len(set(asked))


def test_a_hostile_file_does_nothing_to_a_page(make_site, with_solver):
    nasty = '</script><img src=x onerror=alert(1)>\x1b[2J\u202e\ud800"><!--{{ 7 * 7 }}'
    text = (
        f'"""{ascii(nasty)[1:-1]}\n\n{ascii(nasty)[1:-1]} {"long " * 100_000}"""\n'
        + SOLVER.format(more=", make_dataclass")
        + f"    init: str = {nasty!a}  # {nasty.replace(chr(0xD800), '')}\n\n"
        "    def solve(self, data, rng):\n        yield 0\n\n\n"
        f"names = [f'x{{i}}' for i in range(3000)]\n"
        "fields = [(name, str, field(default='y' * 1000)) for name in names]\n"
        "Made = make_dataclass('Made', fields, bases=(Made,), frozen=True)\n"
        "Made.__module__ = __name__\n"
    )
    site = make_site(records("fasterpam"), catalogue=with_solver(text))
    harmless(site)
    html = (site / "solvers/demo/fasterpam.html").read_text()
    assert "Its file can&#39;t be used here" not in html
    assert "<code>x50</code>" in html
    assert "<code>x2000</code>" not in html
