"""What the pages say, and that nothing in them is taken for markup."""

import dataclasses
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harness.api import hookimpl
from harness.catalogue import Catalogue
from harness.papers import load_papers
from harness.record import FLAGS, STATUSES
from harness.report.site import script_json

from . import synthetic
from .conftest import build

HOSTILE = '<script>alert("x")</script>&\'"'


class Parsed(HTMLParser):
    """The elements of a page with their attributes, and its text outside of scripts."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self.inside = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.inside.append(tag)

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, text):
        if "script" not in self.inside:
            self.words.append(text)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def test_the_folder_holds_pages_styles_and_scripts(site):
    found = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    assert {
        *("index.html", "papers.html", "claims.html", "statistics.html", "environments.html"),
        *("compare.html", "problems/demo.html", "solvers/demo/fasterpam.html"),
        *("solvers/demo/fasterpam.txt", "papers/a-paper.html", "papers/an-open-one.html"),
        *("static/colours.css", "static/site.js", "static/search.js", "static/search-data.js"),
        *("static/style.css", "static/vega.js", "data/demo/leaderboard.csv", "data/demo/cases.csv"),
        *("badges/demo.svg", "badges/claims/demo-swap-speed.svg"),
        *("citations/demo.bib", "citations/demo.json"),
    } <= found
    assert not [name for name in found if Path(name).name.startswith(".")]
    stems = {label.partition("[")[0] for label in synthetic.SOLVERS}
    assert {path.stem for path in (site / "solvers/demo").glob("*.html")} == stems


def test_every_solver_and_status_is_on_the_page(page):
    text = Parsed(page).text
    for label in synthetic.SOLVERS:
        assert label in text
    for status in STATUSES:
        assert re.search(rf"\d+ {status}\b", text), status


def test_failures_are_shown_with_their_messages(page):
    text = Parsed(page).text
    for message in synthetic.MESSAGES.values():
        assert message in text


def test_the_index_has_a_card_that_leads_to_the_problem(site):
    parsed = Parsed((site / "index.html").read_text())
    assert ("a", {"href": "problems/demo.html"}) in parsed.elements
    assert "Claims 1 reproduced 1 weaker than claimed 1 contradicted" in parsed.text
    assert re.search(
        r"fasterpam\[init=build\] leads with 1\.000\d × the best known cost", parsed.text
    )
    assert " solvers 18 papers 1 cases 6 runs 324" in parsed.text


def test_a_rank_is_shown_with_its_interval(page):
    assert re.search(r"<b>2</b> <span class=\"ci\">2–\d", page)


def test_a_solvers_page_tells_how_it_is_set_and_run(site):
    html = (site / "solvers/demo/fasterpam.html").read_text()
    text = Parsed(html).text
    assert "fasterpam: a made-up solver & its <docstring>." in text
    assert "or build; the <b>start</b>" in text
    assert "bench run demo -s 'fasterpam[init=build]'" in text
    assert ("a", {"href": "../../papers/a-paper.html"}) in Parsed(html).elements
    assert "A <Paper> & more" in text
    assert re.search(r'<td class="changed"><code>build</code></td>', html)
    assert "class Made(Solver):" in text  # its source
    assert "class Made(Solver):" in (site / "solvers/demo/fasterpam.txt").read_text()


def test_a_solvers_page_has_all_its_results(site):
    html = (site / "solvers/demo/clarans.html").read_text()
    body = html[html.index('id="case-table"') :].partition("</table>")[0]
    assert body.count("<tr") == 6 + 1
    assert "crashed" in Parsed(html).text
    assert synthetic.MESSAGES["crashed"] in Parsed(html).text
    both = (site / "solvers/demo/fasterpam.html").read_text()
    body = both[both.index('id="case-table"') :].partition("</table>")[0]
    assert body.count("<tr") == 2 * 6 + 1  # with both settings


def test_a_solver_that_is_gone_is_shown_all_the_same(site, page):
    assert "demo/sloppy is not installed here, so only its results are known." in page
    own = Parsed((site / "solvers/demo/sloppy.html").read_text()).text
    assert "demo/sloppy is not installed here, so only its results are known." in own
    assert "No longer installed: sloppy." in page


def test_the_environment_and_the_command_are_there(site, page):
    assert "bench run demo --suite standard --seeds 5" in Parsed(page).text
    text = Parsed((site / "environments.html").read_text()).text
    assert "bench run demo --suite standard --seeds 5" in text
    for heading in ("Processor", "Cores", "Python", "Libraries"):
        assert heading in text
    assert re.search(r"pip install .*numpy==\d", text)


def test_nothing_is_loaded_from_elsewhere(site):
    for path in site.rglob("*.html"):
        for tag, attributes in Parsed(path.read_text()).elements:
            for name in ("src", "href", "action", "srcset", "data", "poster"):
                target = attributes.get(name) or ""
                assert "://" not in target, (path, tag, target)
                assert not target.startswith("//")
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(|@import", path.read_text())


def test_pages_have_no_inline_script_or_style(site):
    for path in site.rglob("*.html"):
        for tag, attributes in Parsed(path.read_text()).elements:
            assert tag != "style"
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            if tag == "script":
                assert "src" in attributes or attributes["type"] == "application/json"


def test_every_link_leads_somewhere_in_the_site(site):
    dead_links(site)


def test_a_site_of_the_papers_in_the_list_has_no_dead_link(make_site):
    records = list(synthetic.records("demo", cases=["iris"], solvers=["fasterpam"], seeds=2))
    dead_links(make_site(records, papers=load_papers(), catalogue=Catalogue()))


def dead_links(site):
    """Fails at a link, a picture or a script of any page that is not there, or leaves the site."""
    pages = {path.resolve(): Parsed(path.read_text()).elements for path in site.rglob("*.html")}
    anchors = {}
    for path, elements in pages.items():
        found = [attributes["id"] for _, attributes in elements if "id" in attributes]
        assert len(found) == len(set(found)), path
        anchors[path] = set(found)
    for path, elements in pages.items():
        for tag, attributes in elements:
            link = attributes.get("href") or attributes.get("src") or ""
            if not link or tag == "use":
                continue
            parts = urlsplit(link)
            assert not parts.scheme
            assert not parts.netloc
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_relative_to(site.resolve()), (path, link)
            assert target.is_file(), (path, link)
            if parts.fragment and target in anchors:
                assert unquote(parts.fragment) in anchors[target], (path, link)


def test_hostile_names_stay_text(make_site):
    records = [
        dataclasses.replace(
            record, label=HOSTILE, solver=HOSTILE, case=HOSTILE, message=HOSTILE, problem=HOSTILE
        )
        for record in synthetic.records("demo", cases=["iris"], solvers=["fasterpam"], seeds=2)
    ]
    records += [dataclasses.replace(records[0], label="other", status="raised", cost=None)]
    site = make_site(
        records,
        command=HOSTILE,
        environments={records[0].environment: {"processor": HOSTILE, "libraries": {HOSTILE: "1"}}},
        problems={HOSTILE: {"title": HOSTILE, "cost_name": HOSTILE, "size": HOSTILE}},
    )
    pages = list(site.rglob("*.html"))
    assert len(pages) > 5
    for path in pages:
        html = path.read_text()
        assert "<script>alert" not in html
        parsed = Parsed(html)
        named = path.parent.name != "papers" and path.stem not in ("papers", "statistics", "claims")
        assert HOSTILE in parsed.text or not named, path
        scripts = [a for tag, a in parsed.elements if tag == "script"]
        assert all("src" in a or a["type"] == "application/json" for a in scripts)


def test_flagged_rows_have_a_badge_that_leads_to_the_sentence(page):
    parsed = Parsed(page)
    badges = [a for tag, a in parsed.elements if tag == "a" and a.get("class") == "flag"]
    assert {a["href"] for a in badges} == {
        "#warnings-of-solver-fastpam1",
        "#warnings-of-solver-alternating",
        "#warnings-of-solver-peer-kmedoids-fasterpam",
    }
    board = page[page.index('id="board-table"') :].partition("</table>")[0]
    assert board.count('class="flag"') == 3
    text = Parsed(page[page.index('id="warning-table"') :].partition("</table>")[0]).text
    assert f"fastpam1 unstable 2 of 6 timings {FLAGS['unstable']}" in text
    assert "For example: its interval is 14 % wide after 20 s; 5 % was asked for" in text
    assert "alternating differs 6 of 18 traced runs" in text
    assert "fasterpam unstable" not in text


def test_case_rows_show_the_counters_and_why_a_timing_ended(page):
    body = page[page.index('id="case-table"') :].partition("</table>")[0]
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)', body)
    assert [h for h in heads if h in ("Width", "CPU", "Wall", "Instructions", "Memory")] == [
        *("Width", "CPU", "Wall", "Instructions", "Memory")
    ]
    assert '14\N{NO-BREAK SPACE}%</span><span class="ci">time budget spent' in body
    assert '3.1\N{NO-BREAK SPACE}%</span><span class="ci">precise' in body
    row = next(one for one in body.split("<tr") if "digits[k=50]" in one and ">pam<" in one)
    cells = re.findall(r'<td class="n[^>]*>([^<]*)', row)
    assert cells[-2] == "–"  # its processor's instructions were not counted, which is not zero
    assert cells[-3] != "–"


def test_a_store_without_counters_or_flags_has_no_columns_for_them(make_site):
    records = [
        dataclasses.replace(record, instructions=None, precision=None, why="", flags=[])
        for record in synthetic.records("demo", cases=["iris"], solvers=["fastpam1"], seeds=2)
    ]
    html = (make_site(records) / "problems/demo.html").read_text()
    for absent in ("Instructions", ">Width", 'id="warnings"', "#warnings", 'class="flag"'):
        assert absent not in html


def test_json_can_not_end_its_script_element():
    value = {"</script><!--": "\u2028&"}
    text = script_json(value)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == value


def test_problems_with_alike_names_get_files_of_their_own(make_site):
    problems = {name: {"title": name} for name in ("../a", "..\\a", "A", "a")}
    site = make_site([], problems=problems)
    assert len(list((site / "problems").iterdir())) == 4
    assert len({path.name.lower() for path in (site / "problems").iterdir()}) == 4


class Sections:
    @hookimpl
    def bench_report_sections(self, problem, records):
        return [("A section", f"<p id='mine'>{problem} has {len(records)} records</p>")]


class FailingSections:
    @hookimpl
    def bench_report_sections(self, problem):
        raise ValueError("no <section> today")


def test_packs_add_sections_and_one_that_fails_costs_only_itself(make_site):
    catalogue = Catalogue()
    catalogue.hooks.register(FailingSections(), "failing-pack")
    catalogue.hooks.register(Sections(), "good-pack")
    records = list(synthetic.records("demo", cases=["iris"], solvers=["pam"], seeds=2))
    html = (make_site(records, catalogue=catalogue) / "problems/demo.html").read_text()
    assert "<p id='mine'>demo has 3 records</p>" in html
    assert "It could not be made: ValueError: no &lt;section&gt; today" in html


def test_a_run_that_was_cut_off_is_named(make_site, catalogue):
    records = list(synthetic.records("demo", cases=["iris"], solvers=["pam"], seeds=2))
    site = make_site(records)
    assert "did not reach the end" not in (site / "problems/demo.html").read_text()
    run = next((site.parent / "results").glob("*/run.json"))
    run.write_text(run.read_text().replace('"finished"', '"interrupted"'))
    build(site.parent / "results", site, catalogue)
    assert "1 run did not reach the end" in (site / "problems/demo.html").read_text()


def test_importing_the_report_is_cheap():
    code = "import sys, harness.report; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], timeout=60, capture_output=True, text=True)
    assert not {"pandas", "altair", "jinja2", "vl_convert", "numpy"} & set(said.stdout.split())


def test_a_page_stays_small(site):
    assert (site / "problems/demo.html").stat().st_size < 700_000
    assert all(path.stat().st_size < 200_000 for path in (site / "solvers").rglob("*.html"))
