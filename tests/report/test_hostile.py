"""A store that a stranger filled: its pages do nothing to a reader, and stay of a bounded size."""

import csv
import dataclasses
import re
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import synthetic
from .conftest import CHROMIUM, build
from .test_browser import draw
from .test_site import Parsed

NASTY = [
    "../../x",
    "/etc/passwd",
    "",
    " ",
    ".",
    "..",
    "CON",
    "a\0b",
    "\x1b[2J\x07",
    "exe\N{RIGHT-TO-LEFT OVERRIDE}txt.oof",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</script><script>alert(1)</script>",
    "<!--",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "__proto__",
    "L" * 300_000,
    "L" * 300_000 + "2",
]


# Where links may lead: to a part of the page, or to a file of the site.
LINK = (
    r"(?:(?:\.\./)*(?:(?:problems|solvers|papers|static|data|badges|citations)/)?"
    r"(?:[\w-]+/)?[\w-]*\.?[\w.-]*(?:\?[\w=&%.*~-]*)?)?(?:#[\w.-]*)?"
)


def nasty(records, name):
    """The records with everything that is a text made into that name."""
    return [
        dataclasses.replace(
            record,
            **dict.fromkeys(("problem", "solver", "label", "role", "case", "instance"), name),
            **dict.fromkeys(("message", "why", "environment", "key", "started"), name),
            parameters={name: name, "x": {name: [name]}},
            sizes={name: 3.0, "n": 4.0},
            flags=[name, f"unstable: {name}", f"{name}: {name}"],
            status="ok" if record.seed in (None, 0) else "raised",
        )
        for record in records
    ]


def harmless(folder):
    """Every page of a site: nothing of a stranger is markup, nor does anything to the reader."""
    for path in folder.rglob("*.html"):
        raw = path.read_bytes()
        html = raw.decode()
        assert not re.search("[\0-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", html), path
        for tag, attributes in Parsed(html).elements:
            assert tag not in ("iframe", "object", "embed", "base"), (path, tag)
            assert not [name for name in attributes if name.startswith("on")], attributes
            for link in (attributes.get("href") or "", attributes.get("src") or ""):
                assert re.fullmatch(LINK, link), (path, link)
            if tag == "script":
                assert "src" in attributes or attributes["type"] == "application/json"
        assert len(raw) < 3_000_000, path
    for path in folder.rglob("*.svg"):
        for element in ElementTree.fromstring(path.read_text()).iter():
            assert element.tag.rpartition("}")[2] in ("svg", "title", "rect", "g", "text"), path
            assert not [name for name in element.attrib if name.startswith("on")], path
    for path in (folder / "data").rglob("*.csv"):
        for row in csv.reader(path.read_text().splitlines()):
            assert not [cell for cell in row if re.match(r"[=@\t\r]|[+-][^\d.i]", cell)], path


def nasty_header(names):
    return {
        "command": names[-1],
        "ended": names[0],
        "environments": {name: {"processor": name, "libraries": {name: name}} for name in names},
        "problems": {
            name: {"title": name, "cost_name": name, "size": name, "kind": name, "doc": name}
            for name in names
        },
    }


def test_a_store_of_hostile_names_is_harmless(make_site, tmp_path):
    few = list(synthetic.records("demo", cases=["iris"], solvers=["fasterpam", "clara"], seeds=2))
    records = [record for name in NASTY for record in nasty(few, name)]
    # All names side by side in one problem, and a case each.
    records += [
        dataclasses.replace(record, problem="together", label=one, solver=one, case=other)
        for one, other in zip(NASTY, reversed(NASTY), strict=True)
        for record in nasty(few, one)
    ]
    outside = set(tmp_path.rglob("*"))
    site = make_site(records, **nasty_header(NASTY))
    found = {path for path in tmp_path.rglob("*") if path.is_file()} - outside
    found = {path for path in found if tmp_path / "results" not in path.parents}
    assert all(path.resolve().is_relative_to(site) for path in found)
    assert len(list((site / "problems").iterdir())) == len(NASTY) + 1
    assert all(re.fullmatch(r"[\w-]{1,90}\.html", p.name) for p in (site / "problems").iterdir())
    harmless(site)
    text = Parsed((site / "problems/together.html").read_text()).text
    assert "exe\N{REPLACEMENT CHARACTER}txt.oof" in text
    assert text.count("L" * 79 + "…") > text.count("L" * 79 + "… (2)") > 0


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.sampled_from("<>&\"'/\\.{}%#- \0\x1b\n\u202eaB="), max_size=12),
        min_size=1,
        max_size=2,
        unique=True,
    )
)
def test_whatever_a_name_is_it_stays_text(tmp_path_factory, catalogue, names):
    folder = tmp_path_factory.mktemp("names")
    few = list(synthetic.records("demo", cases=["iris"], solvers=["fasterpam"], seeds=1))
    records = [record for name in names for record in nasty(few, name)]
    facts = {**synthetic.header("demo"), **nasty_header(names)}
    synthetic.write(folder / "results", iter(records), **facts)
    harmless(build(folder / "results", folder / "site", catalogue))


def test_a_page_of_many_solvers_and_cases_is_bounded(make_site, monkeypatch):
    for name in ("MOST_SOLVERS", "MOST_CASES", "MOST_CASE_ROWS", "MOST_WARNINGS", "MOST_FAILURES"):
        monkeypatch.setattr(f"harness.report.page.{name}", 5)
    (trace, _) = synthetic.records("demo", cases=["iris"], solvers=["clara"], seeds=1)
    records = [
        dataclasses.replace(
            trace,
            label=f"s{i:03d}",
            case=f"c{i % 12:03d}",
            cost=1.0 + i,
            flags=["warm: 3 times", f"f{i}: so"],
            status="raised" if place == 2 else "ok",
            seed=place,
        )
        for i in range(60)
        for place in range(3)
    ]
    site = make_site(records, problems={"demo": {"title": "demo"}})
    html = (site / "problems/demo.html").read_text()
    assert "The page shows the first 5 of 60 solvers" in html
    tables = ("board-table", "case-table", "case-summary", "warning-table")
    for table, rows in dict.fromkeys(tables, 5).items():
        body = html[html.index(f'id="{table}"') :].partition("</table>")[0]
        assert body.count("<tr") == rows + 1, table
    assert "5 more: <code>bench table --flags</code>" in html


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
def test_a_browser_has_nothing_to_say_of_hostile_pages(make_site, browser):
    few = list(synthetic.records("demo", ["iris", "mixture"], ["fasterpam", "clara"], seeds=2))
    names = [name for name in NASTY if len(name) < 1000]
    records = [
        dataclasses.replace(record, problem="together", instance=old.instance, case=old.case + name)
        for name in names
        for old, record in zip(few, nasty(few, name), strict=True)
    ]
    site = make_site(records, **nasty_header([*names, "together"]))
    said = []
    for path in [site / "index.html", *(site / "problems").glob("*.html")]:
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append("a dialog"), dialog.dismiss()))
        page.on("request", lambda one: one.url.startswith("file:") or said.append(one.url))
        page.goto(path.as_uri())
        if path.stem == "together":
            assert draw(page).count() > 1
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        page.close()
    assert said == []
