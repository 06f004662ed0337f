"""A pack of made-up solvers, and sites written from made-up results of it."""

import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from harness import store, tables
from harness.catalogue import Catalogue
from harness.claims import Judged
from harness.papers import Paper
from harness.report import write_site

from . import gallery, synthetic

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


PAPERS = [
    Paper("a-paper", "A <Paper> & more", "clustering", "algorithm"),
    Paper("an-open-one", "An Open One", "bandits", "analysis"),
    Paper("not-for-us", "Not for Us", "clustering", "none"),
]


def claim(name, verdict, **facts):
    """A claim of the demo as it comes from the records; `facts` are what else is said of it."""
    known = {
        "paper": "a-paper",
        "statement": f"The claim {name} & its <b>",
        "figure": "458 times at k = 100",
        "setting": "handwritten digits",
        "quantity": "time of a solve, pam / fasterpam",
        "measured": 7.93,
        "low": 7.74,
        "high": 8.1,
        "form": "factor",
        "reproduced": (2.0, float("inf")),
        "why": "The whole interval lies in the range that keeps the claim.",
        "records": ("20260101T000000000Z-abcdef/0123456789ab",),
        "command": f"bench claims demo/{name} --again",
        "solvers": ("fasterpam", "pam"),
        **facts,
    }
    return Judged(problem="demo", key=f"demo/{name}", verdict=verdict, **known)


NOTHING = {"measured": None, "low": None, "high": None, "records": (), "why": "Not run yet: pam."}
CLAIMS = [
    claim("swap-speed", "reproduced"),
    claim("same-answers", "contradicted", form="share", measured=0.5, low=0.3, high=0.7),
    claim("gap", "weaker than claimed", form="share", measured=-0.044, low=-0.066, high=-0.022),
    claim("scale", None, **NOTHING),
    claim("people", "not testable here", **{**NOTHING, "why": "It asks people.", "solvers": ()}),
]


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

    def make(records, papers=(), catalogue=catalogue, claims=(), **header):
        results = tmp_path / "results"
        synthetic.write(results, iter(records), **{**synthetic.header("demo"), **header})
        return build(results, tmp_path / "site", catalogue, papers, claims)

    return make


def build(results: Path, folder: Path, catalogue: Catalogue, papers=(), claims=()) -> Path:
    """The site of a results folder."""
    loaded = store.load(results)
    frame = tables.current(tables.records(loaded))
    pages = write_site(loaded, frame, catalogue, folder, papers, claims=claims)
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
    return build(folder / "results", folder / "site", catalogue, PAPERS, CLAIMS)


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


@pytest.fixture
def show(browser, tmp_path):
    """Open a page with charts of the plots; at the end nothing may have gone wrong in it."""
    said, asked, contexts = [], [], []

    def open_it(plots=None, labels=gallery.LABELS, width=1280, height=900, **options):
        path = gallery.write(tmp_path, gallery.plots(labels) if plots is None else plots, labels)
        context = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
