"""The pages beside those of problems: papers, claims, statistics, and what a reader takes along."""

import csv
import dataclasses
import json
import os
import re
import subprocess
import sys

import pytest

from harness.catalogue import Catalogue
from harness.report.files import csv_text
from harness.report.links import Links, file_names
from harness.report.snippet import snippet
from harness.report.subjects import ProblemFacts

from . import synthetic
from .conftest import CLAIMS, NOTHING, claim
from .test_site import Parsed


def text_of(site, name):
    return Parsed((site / name).read_text()).text


def few(**options):
    return list(synthetic.records("demo", ["iris"], ["fasterpam", "pam"], 2, **options))


def test_a_paper_page_has_its_solvers_and_claims(site):
    html = (site / "papers/a-paper.html").read_text()
    text = Parsed(html).text
    assert "works What it brings is installed and can be run." in text
    assert "demo/fasterpam" in text
    assert "reproduced The claim swap-speed & its <b>" in text
    assert "2 claims not run yet" not in text
    assert "1 claim not run yet" in text


def test_an_open_paper_says_why(site):
    text = text_of(site, "papers/an-open-one.html")
    assert "open No installed solver or statistic names it. It analyses or measures" in text
    assert "No claim of this paper is written down here yet." in text


def test_a_paper_whose_solver_lacks_a_package_says_which(make_site, tmp_path):
    folder = tmp_path / "one_pack" / "demo"
    folder.mkdir(parents=True)
    (folder / "problem.py").write_text(
        'from harness.api import Problem\n\n\nclass Demo(Problem):\n    title = "demo"\n'
    )
    (folder / "needy.py").write_text(
        "from dataclasses import dataclass\n\nfrom harness.api import Solver\n\n\n"
        "@dataclass(frozen=True)\nclass Needy(Solver):\n"
        '    problem = "demo"\n    papers = ("needs-much",)\n    role = "paper"\n'
        '    requires = ("no-such-package-anywhere",)\n'
    )
    catalogue = Catalogue([folder.parent], index=tmp_path / "index.json")
    site = make_site(few(), catalogue=catalogue)
    assert "needs-much" in text_of(site, "papers.html")
    text = text_of(site, "papers/needs-much.html")
    assert "can't run here It needs what is not installed: pip install no-such-package" in text


def test_the_list_tells_how_many_papers_work(site):
    text = text_of(site, "papers.html")
    assert re.search(r"\d+ papers; \d+ work here", text)
    assert "An Open One open analysis bandits" in text


def test_claims_are_shown_with_what_was_measured(site):
    text = text_of(site, "claims.html")
    assert "Measured here 7.93× 7.74×–8.10× , time of a solve, pam / fasterpam" in text
    assert "Measured here -4.4 % -6.6 to -2.2 %" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Measured here nothing yet; wanted is time of a solve" in text
    assert "bench claims demo/swap-speed --again" in text
    assert "20260101T000000000Z-abcdef/0123456789ab" in text
    problem = text_of(site, "problems/demo.html")
    assert "1 reproduced 1 weaker than claimed 1 contradicted" in problem
    assert "The paper: 458 times at k = 100. Here: 7.93×" in problem
    solver = text_of(site, "solvers/demo/pam.html")
    assert "The claim swap-speed" in solver
    assert "The claim people" not in solver


def test_claims_without_records_make_a_page_that_says_so(make_site):
    site = make_site([], claims=[claim("scale", None, **NOTHING)])
    assert "not run yet The claim scale" in text_of(site, "claims.html")
    assert "There are no results of this problem yet." in text_of(site, "problems/demo.html")
    assert "1 claim not run yet" in text_of(site, "problems/demo.html")


def test_claims_that_were_measured_stand_before_those_that_were_not(make_site):
    site = make_site(few(), claims=CLAIMS[::-1])
    shown = re.findall(r'id="claim-demo-([a-z-]+)"', (site / "claims.html").read_text())
    assert shown == ["gap", "same-answers", "swap-speed", "people", "scale"]


def test_no_claims_make_a_page_that_says_so(make_site):
    site = make_site(few())
    assert "No claims were judged" in text_of(site, "claims.html")
    assert "What the papers claim" not in text_of(site, "problems/demo.html")


def test_a_claim_of_a_verdict_that_is_not_known_is_shown(make_site):
    site = make_site(few(), claims=[claim("odd", "utterly <b>new")])
    assert "utterly <b>new" in text_of(site, "claims.html")


def test_each_statistic_is_explained_and_linked(site):
    html = (site / "statistics.html").read_text()
    assert 'id="statistic-performance_profile"' in html
    assert "Dolan and Moré" in Parsed(html).text
    assert 'href="problems/demo.html#statistic-performance_profile"' in html
    problem = (site / "problems/demo.html").read_text()
    assert 'href="../statistics.html#statistic-performance_profile"' in problem


def test_a_single_solver_leaves_statistics_that_say_why_they_are_absent(make_site):
    records = list(synthetic.records("demo", ["iris"], ["pam"], 1, timed=False))
    text = text_of(make_site(records), "problems/demo.html")
    assert re.search(r"\d+ statistics not shown", text)


def test_a_solver_without_results_has_a_page(site, make_site):
    own = make_site(few())
    text = text_of(own, "solvers/demo/clara.html")
    assert "There are no results of it yet. bench run demo -s clara makes some." in text
    assert "class Made(Solver):" in text
    assert "It has no results here." in text_of(own, "problems/demo.html")


def test_ties_with_the_first_are_said(make_site):
    alike = ["fasterpam", "peer_kmedoids_fasterpam", "fastpam2", "clara", "random_medoids"]
    cases = ["iris", "wine", "digits", "mixture"]
    site = make_site(list(synthetic.records("demo", cases, alike, 3)))
    html = (site / "problems/demo.html").read_text()
    body = html[html.index('id="board-table"') :].partition("</table>")[0]
    tied = [">tie<" in row for row in body.split("<tr")[2:]]
    table = csv.DictReader((site / "data/demo/leaderboard.csv").read_text().splitlines())
    first = [row["group"] == "1" for row in table]
    assert 1 < sum(first) < len(first)
    assert tied == first
    assert "not to be told apart from" in Parsed(html).text


def table_of(html, name):
    """The texts of the cells of a table, row by row, without its head."""
    body = html[html.index(f'id="{name}"') :].partition("</table>")[0]
    rows = body.split("<tr")[2:]
    return [
        [Parsed("<" + cell).text for cell in re.split(r"<(?=t[hd]\b)", row)[1:]] for row in rows
    ]


def test_a_case_tells_who_is_nearest_and_who_is_fastest_of_the_good(make_site):
    cost = {"fasterpam": 100.0, "pam": 100.5, "clara": 120.0}
    seconds = {"fasterpam": 2.0, "pam": 1.0, "clara": 0.001}  # clara is quick, and no good
    records = [
        dataclasses.replace(record, cost=cost[record.label], trace=[])
        if record.kind == "trace"
        else dataclasses.replace(record, values=[seconds[record.label]] * 3, seconds=None)
        for record in synthetic.records("demo", ["iris"], list(cost), 2)
    ]
    records = [
        dataclasses.replace(r, seconds=seconds[r.label]) if r.kind == "timing" else r
        for r in records
    ]
    html = (make_site(records) / "problems/demo.html").read_text()
    ((case, _, best, nearest, fastest, time, valid),) = table_of(html, "case-summary")
    assert (case, best, nearest, fastest) == ("iris", "100.00", "fasterpam", "pam")
    assert (time.replace("\N{NO-BREAK SPACE}", " "), valid) == ("1.00 s", "6 of 6")
    cases = {row[1]: row[3] for row in table_of(html, "case-table")}
    assert cases == {"fasterpam": "1.0000", "pam": "1.0050", "clara": "1.2000"}
    rows = html[html.index('id="case-table"') :].partition("</table>")[0]
    assert re.findall(r'class="n best"[^>]*>([^<]*)', rows) == ["1.0000"]


def test_every_kind_of_failure_has_its_line(make_site):
    records = list(synthetic.records("demo", ["iris", "mixture", "mixture[n=10000]"], seeds=3))
    html = (make_site(records) / "problems/demo.html").read_text()
    failed = [one for one in records if one.status != "ok"]
    kinds = {(one.label, one.kind, one.status, one.message) for one in failed}
    shown = table_of(html, "failure-table")
    assert {(row[0], row[1].split()[1], row[2]) for row in shown} == {
        (label, status, message) for label, _, status, message in kinds
    }
    assert sum(int(row[1].split()[0]) for row in shown) == len(failed)
    assert [row[1].split()[1] == "skipped" for row in shown] == sorted(
        row[1].split()[1] == "skipped" for row in shown
    )


def test_the_tables_are_files_too(site):
    board = (site / "data/demo/leaderboard.csv").read_text().splitlines()
    assert board[0].startswith("rank,rank_low,rank_high,")
    assert len(board) == len(synthetic.SOLVERS) + 1
    cases = (site / "data/demo/cases.csv").read_text().splitlines()
    assert len(cases) == 6 * len(synthetic.SOLVERS) + 1
    profile = (site / "data/demo/performance_profile.csv").read_text()
    assert profile.startswith("label,")


def test_badges_and_citations_are_there_and_told(site):
    assert "demo" in (site / "badges/demo.svg").read_text()
    assert "contradicted" in (site / "badges/claims/demo-same-answers.svg").read_text()
    assert len(list((site / "badges/claims").iterdir())) == len(CLAIMS)
    assert "a-paper" in (site / "citations/demo.bib").read_text()
    assert {one["id"] for one in json.loads((site / "citations/demo.json").read_text())} >= {
        "a-paper"
    }
    assert "SITE/badges/demo.svg" in text_of(site, "problems/demo.html")


def test_a_csv_keeps_what_it_is_given():
    assert csv_text(["a", "b"], [[1.5, "x,y"], [None, "-1"], [float("nan"), 3]]) == (
        'a,b\n1.5,"x,y"\n,\'-1\n,3\n'
    )


def test_names_that_differ_in_case_alone_get_files_of_their_own():
    found = file_names(["a", "A", "../a", "", "x" * 999, "ä"])
    assert len({name.lower() for name in found.values()}) == 6
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,90}", name) for name in found.values())


def test_what_has_no_page_has_no_link():
    links = Links(problems={"p": "p"}, solvers={"p/s": "p/s"}, compare=True)
    assert links.solver("p/s") == "solvers/p/s.html"
    assert links.solver("p/t") == links.paper("k") == links.problem("q") == links.claim("c") == ""
    assert links.comparison("p", "a[b=1]", "c&d") == "compare.html?problem=p&a=a%5Bb%3D1%5D&b=c%26d"
    assert links.comparison("p", "a", "a") == ""


@pytest.mark.parametrize("counts", ["last", "best"])
def test_the_lines_for_python_run_as_they_stand(tmp_path, counts):
    folder = tmp_path / "toy_pack" / "toy"
    folder.mkdir(parents=True)
    (folder / "problem.py").write_text(
        "from harness.api import Instance, Problem\n\n\nclass Toy(Problem):\n"
        f'    families = {{"one": {{"n": 3}}}}\n    counts = "{counts}"\n\n'
        "    def make(self, case, rng):\n"
        '        return Instance({"n": case.n}, sizes={"n": case.n})\n\n'
        "    def score(self, instance, answer):\n"
        '        return float(answer + instance.data["n"]), {}\n'
    )
    (folder / "down.py").write_text(
        "from dataclasses import dataclass\n\nfrom harness.api import Solver\n\n\n"
        "@dataclass(frozen=True)\nclass Down(Solver):\n"
        '    problem = "toy"\n    start: int = 1\n\n'
        "    def solve(self, data, rng):\n"
        "        yield from (self.start, self.start - 1, data.n)\n"
    )
    catalogue = Catalogue([folder.parent], index=tmp_path / "index.json")
    facts = ProblemFacts("toy", counts=counts, kind="batch")
    lines = snippet(catalogue.solvers["toy/down"], facts, "one[n=5]", {"start": 2})
    done = subprocess.run(
        [sys.executable, "-c", lines],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env={**os.environ, "BENCH_CACHE": str(tmp_path / "cache")},
        check=True,
    )
    assert done.stdout.strip() == ("(10.0, {})" if counts == "last" else "6.0")


def test_the_lines_on_the_page_are_those(site):
    html = (site / "solvers/demo/fasterpam.html").read_text()
    text = Parsed(html[html.index('id="snippet"') :]).text
    assert "catalogue = Catalogue(['demo_pack'])" in text
    assert "catalogue.solvers['demo/fasterpam'].load()()" in text
