"""A fresh environment in which somebody else's distributions were installed by pip, and `bench`."""

import os
import shutil
import site
import subprocess
import textwrap
import venv
from pathlib import Path

import pytest

ACME = Path(__file__).with_name("acme")
BROKEN = 'raise RuntimeError("this pack is broken on purpose")\n'
FAULTY = '''
"""A pack whose statistics are faulty, each in its own way."""

from harness.api import hookimpl


@hookimpl
def bench_statistics():
    return [__name__]
'''
RAISING = '''
"""A pack whose hook fails."""

from harness.api import hookimpl


@hookimpl
def bench_statistics():
    raise RuntimeError("this hook is broken on purpose")
'''
FAULTY_STATISTIC = '''
"""{name}, on purpose."""

from harness.api import Axis, Column, Finding, Plot, Statistic


class Faulty(Statistic):
    """{name}."""

    title = "Faulty {name}"
    group = "ranking"

    def compute(self, board):
        x = Column("x", "X", "number")
        {body}
'''

# name -> (the body of compute(), a part of the sentence that tells what is wrong)
FAULTS = {
    "raises": ('raise ValueError("no luck")', "ValueError: no luck; line 14"),
    "leaves": ('raise SystemExit("good bye")', "SystemExit: good bye"),
    "recursive": ("return self.compute(board)", "RecursionError"),
    "nothing": ("pass", "returned a NoneType, expected a harness.api.Finding"),
    "undeclared": ('return Finding("It.", (), [{"x": 1}])', "it has rows but no columns"),
    "misnamed": ('return Finding("It.", (x,), [{"y": 1}])', "no row has the key 'x'"),
    "odd_form": ('return Finding("It.", (Column("x", "X", "furlong"),))', "the form 'furlong'"),
    "odd_plot": (
        'return Finding("It.", plots=(Plot("pie", "p", "P", Axis("x"), Axis("y"), {}),))',
        "a plot is of kind 'pie', expected one of lines, intervals, ranks, matrix",
    ),
    "uneven": (
        'return Finding("It.", plots=(Plot("ranks", "p", "P", Axis("x"), Axis("y"), '
        '{"label": ["a"], "x": [1.0, 2.0]}),))',
        "the columns of plot 'p' differ in length: label 1, x 2",
    ),
    "endless": (
        'return Finding("It.", (x,), ({"x": i} for i in range(10**6)))',
        "more than 100,000 rows",
    ),
    "objects": ('return Finding("It.", (x,), [{"x": [1, 2]}])', "row 1 holds a list as 'x'"),
}
DRAWN = {  # what only the page meets, as it alone draws
    "words": (
        'return Finding("It.", plots=(Plot("ranks", "p", "P", Axis("x"), Axis("y"), '
        '{"label": [board.labels[0]], "x": ["first"]}),))',
        "could not convert string to float: 'first'",
    ),
}
HARMLESS = {  # odd, but it can be shown
    "empty": ('return Finding("Nothing to tell.", (x,))', "Nothing to tell."),
    "unknown": (
        'columns = {"label": [*board.labels], "x": [float("nan")] * len(board.labels)}\n'
        '        plot = Plot("ranks", "p", "P", Axis("x"), Axis("y"), columns)\n'
        '        return Finding("Nobody knows.", (x,), [{"x": float("nan")}], (plot,))',
        "Nobody knows.",
    ),
}
UNUSABLE = {  # name -> (the file, a part of the complaint)
    "no_title": ("title = ''", "has no title; give it one"),
    "no_group": ('title, group = "T", "best"', "group = 'best'; expected ranking, time, target"),
    "odd_group": ('title, group = "T", ["time"]', "group = ['time']; expected ranking"),
    "odd_title": ("title = 7", "title = 7; expected a text"),
    "odd_papers": ('title, papers = "T", "one"', "papers = 'one'; expected a tuple of texts"),
    "demanding": (
        'title = "T"\n\n    def __init__(self, more):\n        pass',
        "a statistic takes no arguments",
    ),
}


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip())


def faulty_files():
    """Each fault as a file of a package of statistics."""
    files = {"__init__.py": FAULTY, "syntax.py": "def statistic(:\n", "none.py": "x = 1\n"}
    for name, (body, _) in {**FAULTS, **DRAWN, **HARMLESS}.items():
        files[f"{name}.py"] = FAULTY_STATISTIC.format(name=name, body=body)
    for name, (body, _) in UNUSABLE.items():
        head = '"""Unusable."""\n\nfrom harness.api import Statistic\n\n\n'
        files[f"{name}.py"] = f"{head}class Unusable(Statistic):\n    {body}\n"
    files["absent.py"] = "import no_such_package\n"
    return files


def distribution(root, name, package, files):
    """Write a distribution with the given files in its package."""
    project = (ACME / "pyproject.toml").read_text()
    project = project.replace("acme-bench", name).replace("bench_acme", package)
    write(root / name, {"pyproject.toml": project})
    write(root / name / package, files)
    return root / name


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """The Python of a fresh environment in which several distributions were installed by pip.

    One is sound, one raises when it is imported, one has a hook that fails, and one brings faulty
    statistics. The harness and its dependencies are those of the environment that runs the tests,
    put on the path; what is installed by pip is the outsider's.
    """
    root = tmp_path_factory.mktemp("outsider")
    shutil.copytree(ACME, root / "acme", ignore=shutil.ignore_patterns("__pycache__"))
    made = [
        root / "acme",
        distribution(root, "broken-bench", "bench_broken", {"__init__.py": BROKEN}),
        distribution(root, "raising-bench", "bench_raising", {"__init__.py": RAISING}),
        distribution(root, "faulty-bench", "bench_faulty", faulty_files()),
    ]
    fresh = root / "environment"
    venv.create(fresh, with_pip=False, symlinks=True)
    python = fresh / "bin" / "python"
    (packages,) = fresh.glob("lib/python*/site-packages")
    lines = [f"import site; site.addsitedir({path!r})" for path in site.getsitepackages()]
    (packages / "harness-of-the-tests.pth").write_text("\n".join(lines) + "\n")
    quiet = ["--no-deps", "--no-build-isolation", "-q", "--disable-pip-version-check"]
    command = [str(python), "-m", "pip", "install", *quiet, *map(str, made)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return python


def bench(python, folder, *arguments):
    """Run `bench` of that environment in a folder."""
    return subprocess.run(
        [str(python), "-m", "harness.cli.main", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "BENCH_CACHE": str(folder / "cache")},
    )
