"""An outsider's statistic, claims, growth, items and normal forms work after `pip install`."""

import csv
import html
import json

import pytest

from .conftest import DRAWN, FAULTS, HARMLESS, UNUSABLE, bench


@pytest.fixture(scope="module")
def ran(environment, tmp_path_factory):
    """A folder with results of the outsider's problem, with a verdict on its claim, and pages."""
    folder = tmp_path_factory.mktemp("ran")
    for arguments in (
        ("run", "signs", "-n", 2, "--no-timings", "-q"),
        ("claims", "signs", "-q", "--format", "json"),
        ("report",),
    ):
        done = bench(environment, folder, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        if arguments[0] == "claims":
            (folder / "claims.json").write_text(done.stdout)
        (folder / "report.txt").write_text(done.stderr)
    return folder


@pytest.fixture(scope="module")
def told(environment, ran):
    """What the terminal says of each faulty statistic, all its warnings, and the page."""
    said = bench(environment, ran, "statistics", "signs", "--all", "--format", "json")
    assert said.returncode == 0
    return {
        "terminal": {one["statistic"]: one["why_not"] for one in json.loads(said.stdout)},
        "summaries": {one["statistic"]: one["summary"] for one in json.loads(said.stdout)},
        "warnings": whole(said.stderr),
        "page": html.unescape(page(ran, "problems/signs.html")),
        "index": html.unescape(page(ran, "index.html")),
    }


def page(folder, name):
    """The text of a page, on one line."""
    return " ".join((folder / "site" / name).read_text().split())


def whole(text):
    """A text on one line."""
    return " ".join(text.split())


def test_a_statistic_is_listed_and_no_solver_is_made_of_it(environment, tmp_path):
    listed = bench(environment, tmp_path, "statistics", "--list", "--format", "json")
    assert listed.returncode == 0
    ours = {one["name"]: one for one in json.loads(listed.stdout)}
    assert ours["first_places"]["title"] == "First places of acme"
    assert "performance_profile" in ours
    solvers = bench(environment, tmp_path, "list")
    assert "first_places" not in solvers.stdout
    assert "statistics" not in solvers.stdout.split()


def test_it_speaks_in_the_terminal(environment, ran):
    said = bench(environment, ran, "statistics", "signs", "--format", "json")
    found = {one["statistic"]: one for one in json.loads(said.stdout)}["first_places"]
    assert found["summary"] == "backwards is first most often."
    assert [row["label"] for row in found["rows"]] == ["backwards", "forwards", "half"]
    assert [row["x"] for row in found["rows"]] == [1.0, 1.0, 0.0]


def test_it_stands_on_the_pages(environment, ran):
    told = page(ran, "problems/signs.html")
    assert 'id="statistic-first_places"' in told
    assert "backwards is first most often." in told
    about = page(ran, "statistics.html")
    assert "a copy of the best solver ties with it everywhere" in about
    assert "Acme, Counting first places (2020)" in about
    assert "First places of acme" in page(ran, "papers/fast-eager-k-medoids-clustering.html")


def test_claims_of_a_problem_are_judged_by_its_normal_form(ran):
    (judged,) = json.loads((ran / "claims.json").read_text())
    assert judged["key"] == "signs/the-direction-does-not-matter"
    assert judged["verdict"] == "reproduced"
    assert "Forwards and backwards find the same numbers." in page(ran, "claims.html")


def test_claims_beside_other_solvers_and_beside_statistics_are_found(environment, ran):
    listed = bench(environment, ran, "claims", "--list", "--format", "json")
    claims = {one["key"]: one for one in json.loads(listed.stdout)}
    assert claims["k_medoids/stride-is-dearer"]["verdict"] is None
    assert claims["first-places-are-fair"]["verdict"] == "not testable here"
    assert claims["first-places-are-fair"]["why"] == "It is a matter of taste."
    assert "bench_acme" not in listed.stderr  # nothing is read twice, or of no problem


def test_items_are_compared(environment, ran):
    said = bench(environment, ran, "statistics", "-S", "paired_predictions", "--format", "json")
    (found,) = json.loads(said.stdout)
    assert found["why_not"] is None
    assert found["rows"]


def test_stated_growth_stands_on_the_board(environment, ran):
    with (ran / "site" / "data" / "signs" / "scaling.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["what"] == "time"]
    assert {row["label"]: row["theory"] for row in rows} == {
        "backwards": "1.0",
        "forwards": "1.0",
        "half": "0.0",
    }


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_by_name_and_says_what_to_mend(name, environment, ran, told):
    sentence = FAULTS[name][1]
    for text in (told["terminal"][name], told["page"]):
        assert sentence in text
    assert f"bench_faulty/{name}.py" in told["terminal"][name]


@pytest.mark.parametrize("name", DRAWN)
def test_what_can_not_be_drawn_is_told_on_the_page(name, told):
    assert DRAWN[name][1] in told["page"]


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_odd_is_shown(name, told):
    assert told["summaries"][name] == HARMLESS[name][1]
    assert HARMLESS[name][1] in told["page"]


@pytest.mark.parametrize("name", [*UNUSABLE, "syntax", "none", "absent"])
def test_a_file_that_can_not_be_used_is_told_everywhere(name, told):
    expected = {
        "syntax": "line 1: syntax error",
        "none": "defines no statistic; expected one class derived from harness.api.Statistic",
        "absent": "imports what is not installed",
        **{name: sentence for name, (_, sentence) in UNUSABLE.items()},
    }[name]
    assert name not in told["terminal"]
    for text in (told["warnings"], told["index"]):
        assert f"statistic '{name}' of bench_faulty can't be used" in text
        assert expected in text


def test_a_hook_that_fails_is_told(told):
    assert "this hook is broken on purpose" in told["warnings"]
    assert "this hook is broken on purpose" in told["index"]


def test_all_the_others_are_shown_all_the_same(told):
    assert told["terminal"]["first_places"] is None
    assert told["terminal"]["rank_stability"] is None
    assert "backwards is first most often." in told["page"]


def test_csv_and_markdown_survive_all_of_them(environment, ran):
    for form in ("csv", "markdown", "text"):
        said = bench(environment, ran, "statistics", "signs", "--all", "--format", form)
        assert said.returncode == 0, said.stderr
        assert "first" in said.stdout
