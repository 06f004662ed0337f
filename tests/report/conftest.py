"""A pack of made-up solvers, and sites written from made-up results of it."""

import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from harness import store, tables
from harness.catalogue import Catalogue
from harness.report import write_site

from . import synthetic

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PROBLEM = '''
"""Demo: choose k of n objects, the medoids, so that all objects are near one of them.

The cost is `the sum` of <distances>.
"""

from harness.api import Problem


class Demo(Problem):
    """An answer is a list of k objects."""

    title = "demo"
    cost_name = "total deviation"
'''

SOLVER = '''
"""{stem}: a made-up solver & its <docstring>.

It runs `for ever`:

    while True:
        swap()

- it has one item
- and another
"""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Made(Solver):
    """Made up."""

    problem = "demo"
    papers = ("a-paper",)
    role = "{role}"

    init: str = "random"  # or build; the <b>start</b>
    passes: int = 3

    def solve(self, data, rng):
        yield 0
'''


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory, cache):
    """All solvers of the made-up results but one, `sloppy`, which was taken away again."""
    folder = tmp_path_factory.mktemp("pack") / "demo_pack" / "demo"
    folder.mkdir(parents=True)
    (folder / "problem.py").write_text(dedent(PROBLEM))
    for label, sketch in synthetic.SOLVERS.items():
        if "[" not in label and label != "sloppy":
            text = SOLVER.format(stem=label, role=sketch.role)
            (folder / f"{label}.py").write_text(dedent(text))
    return Catalogue([folder.parent])


@pytest.fixture
def make_site(tmp_path, catalogue):
    """Write records and the site made of them; returns the site's folder."""

    def make(records, papers=None, catalogue=catalogue, **header):
        results = tmp_path / "results"
        synthetic.write(results, iter(records), **{**synthetic.header("demo"), **header})
        return build(results, tmp_path / "site", catalogue, papers)

    return make


def build(results: Path, folder: Path, catalogue: Catalogue, papers=None) -> Path:
    """The site of a results folder."""
    loaded = store.load(results)
    frame = tables.current(tables.records(loaded))
    pages = write_site(loaded, frame, catalogue, folder, papers or {})
    assert pages[0] == folder / "index.html"
    assert all(page.exists() for page in pages)
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory, catalogue):
    """The site of a whole board: all solvers, every status, six cases, three seeds."""
    folder = tmp_path_factory.mktemp("whole")
    cases = ["iris", "digits[k=50]", "mixture[n=500]", "mixture", "mixture[n=10000]", "non_metric"]
    records = synthetic.records("demo", cases=cases, seeds=3)
    synthetic.write(folder / "results", records, **synthetic.header("demo"))
    return build(folder / "results", folder / "site", catalogue, {"a-paper": "A <Paper> & more"})


@pytest.fixture(scope="session")
def page(site):
    """The text of that site's one problem page."""
    return (site / "problems" / "demo.html").read_text()


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
