"""Incomplete results give a page that says so."""

import dataclasses
import itertools
import json
import re

import pytest

from harness import tables
from harness.catalogue import Catalogue
from harness.report import write_site
from harness.store import Results

from . import synthetic
from .conftest import build

FEW = ("fasterpam", "clara", "build")


def records(cases=("iris", "mixture"), solvers=FEW, seeds=2, timed=True):
    return list(synthetic.records("demo", cases, solvers, seeds, timed))


def failed(record):
    return dataclasses.replace(
        record, status="raised", message="ValueError: no", cost=None, trace=[], values=[]
    )


CASES = {
    "one run": (
        [records(["iris"], ["clara"], 1, timed=False)[0]],
        [
            "There is only one case",
            "There is only one seed",
            "No timings were taken",
            "clara is the only solver so far",
            "No chart of cost against time",
            "No distribution of times",
        ],
    ),
    "one seed": (records(seeds=1), ["There is only one seed"]),
    "one case": (records(["iris"]), ["There is only one case", "don't differ in n"]),
    "no timings": (records(timed=False), ["No timings were taken", "medians of the traced runs"]),
    "timings alone": (
        [record for record in records() if record.kind == "timing"],
        ["There are no results of this problem yet."],
    ),
    "all failed": (
        [failed(record) for record in records()],
        ["No solver gave a valid answer.", "Every run failed", "ValueError: no"],
    ),
    "one solver failed everywhere": (
        [failed(r) if r.label == "clara" else r for r in records()],
        ["4 raised", "ValueError: no", "fasterpam leads"],
    ),
    "one solver missing on a case": (
        [r for r in records() if (r.label, r.case) != ("clara", "iris")],
        ["Not every case was tried by clara.", "1 of 2"],
    ),
    "skipped without an instance": (
        [
            dataclasses.replace(
                record, status="skipped", instance="", sizes={}, cost=None, trace=[], values=[]
            )
            for record in records(["iris"])
            if record.kind == "trace"
        ],
        ["6 ", "skipped", "No solver gave a valid answer."],
    ),
    "costs of zero compared as ratios": (
        [dataclasses.replace(r, cost=0.0, optimum=0.0, trace=[]) for r in records()],
        ["fasterpam"],
    ),
    "costs that nobody can mean": (
        [
            dataclasses.replace(r, cost=c, trace=[[1e-300, 1, c]], seconds=1e300, memory=2**62)
            for r, c in zip(records(), itertools.cycle([1e308, -1e308, 1e-308]), strict=False)
        ],
        ["fasterpam"],
    ),
    "times of zero": (
        [dataclasses.replace(r, seconds=0.0, trace=[[0.0, 1, 5.0]], cost=5.0) for r in records()],
        ["fasterpam"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_page_says_what_is_missing(make_site, name):
    made, sentences = CASES[name]
    html = (make_site(made) / "problems/demo.html").read_text()
    html = html.replace("&#39;", "'")
    for sentence in sentences:
        assert sentence in html


def test_a_problem_without_records(make_site):
    site = make_site([])
    assert "There are no results of this problem yet." in (site / "index.html").read_text()
    assert "There are no results of this problem yet." in (site / "problems/demo.html").read_text()


def test_no_results_at_all(tmp_path, catalogue):
    frame = tables.current(tables.records(Results()))
    pages = write_site(Results(complaints=["a torn line"]), frame, catalogue, tmp_path)
    assert pages[0] == tmp_path / "index.html"
    names = ("compare", "papers", "claims", "statistics", "environments")
    assert {page.stem for page in pages} >= {"index", *names}
    html = pages[0].read_text()
    assert "There are no results yet." in html
    assert "a torn line" in html


def test_a_problem_that_is_not_installed(make_site, tmp_path):
    site = make_site(records(), catalogue=Catalogue())
    html = (site / "problems/demo.html").read_text()
    assert "The problem demo is not installed here" in html
    assert "choose k of n objects so that all are near one of them" in html
    assert "total deviation" in html


def test_a_problem_that_does_not_load(make_site, tmp_path):
    folder = tmp_path / "broken_pack" / "demo"
    folder.mkdir(parents=True)
    (folder / "problem.py").write_text("import no_such_module\n")
    (folder / "clara.py").write_text("def :\n")
    catalogue = Catalogue([folder.parent], index=tmp_path / "index.json")
    html = (make_site(records(), catalogue=catalogue) / "problems/demo.html").read_text()
    assert "can&#39;t be loaded here" in html
    assert "Its file can&#39;t be used here" in html


def test_a_run_header_of_other_types_is_passed_over(make_site):
    site = make_site(
        records(),
        catalogue=Catalogue(),
        command=["no", "text"],
        environments={"x": [], records()[0].environment: {"memory_bytes": "much", "libraries": 3}},
        problems={"demo": {"title": 3, "compare": "sideways"}},
        started=None,
    )
    html = (site / "problems/demo.html").read_text()
    assert "<h1>demo</h1>" in html
    assert "the run does not say by which command" in html


@pytest.mark.parametrize(("rank_by", "leader"), [("cost", "build"), ("time", "fasterpam")])
def test_costs_that_are_compared_as_differences(make_site, rank_by, leader):
    made = [
        dataclasses.replace(record, cost=None if record.cost is None else 0.0, trace=[])
        if record.label == "build"
        else record
        for record in records()
    ]
    facts = {"title": "demo", "compare": "difference", "rank_by": rank_by}
    site = make_site(made, catalogue=Catalogue(), problems={"demo": facts})
    html = (site / "problems/demo.html").read_text()
    assert f"{leader} leads with" in html
    assert ("Cost − best known" in html) == (rank_by == "cost")


def test_the_picture_of_a_board_ranked_by_time_is_a_ladder(make_site):
    facts = {"title": "demo", "compare": "difference", "rank_by": "time"}
    site = make_site(records(), catalogue=Catalogue(), problems={"demo": facts})
    html = (site / "index.html").read_text()
    assert 'aria-label="Rank against time of 3 solvers"' in html
    assert ">worse</text>" not in html
    places = re.findall(r'transform="translate\(([\d.]+) ([\d.]+)\)"', html)
    x, y = ([float(place[i]) for place in places] for i in (0, 1))
    assert y == [110.0, 60.0, 10.0]  # the first, drawn last, stands on top
    assert x == sorted(x, reverse=True)


@pytest.mark.parametrize("failing", [False, True])
def test_without_timings_nobody_leads_where_time_decides(make_site, failing):
    made = [
        failed(record) if failing and record.label == "build" else record
        for record in records(timed=False)
    ]
    facts = {"title": "demo", "compare": "difference", "rank_by": "time"}
    site = make_site(made, catalogue=Catalogue(), problems={"demo": facts})
    html = (site / "problems/demo.html").read_text()
    assert " leads with" not in html
    many = "2 of 3" if failing else "All 3"
    assert f"{many} solvers gave valid answers; nobody leads, as no timings were taken." in html
    assert "<figure" not in (site / "index.html").read_text()


def test_machines_are_not_mixed(make_site, tmp_path, catalogue):
    site = make_site(records())
    facts = {**synthetic.header("demo"), "machine": "another"}
    synthetic.write(tmp_path / "results", iter(records(solvers=["lab"])), **facts)
    build(tmp_path / "results", site, catalogue)
    html = (site / "problems/demo.html").read_text()
    board = html[html.index('id="board-table"') :].partition("</table>")[0]
    assert ">lab<" in board
    assert "fasterpam" not in board
    assert "The results also hold runs of 1 other machine" in html


def test_records_of_an_older_minor_version(make_site, tmp_path, catalogue):
    site = make_site(records())
    path = next((tmp_path / "results").glob("*/records.jsonl"))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        for name in ("memory", "cpu", "wall", "threads", "environment", "started", "budget"):
            line.pop(name, None)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    build(tmp_path / "results", site, catalogue)
    assert "fasterpam leads" in (site / "problems/demo.html").read_text()
