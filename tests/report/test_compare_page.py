"""The page of two solvers: its data, and in a browser what its script makes of them."""

import json
import math
import re
import shutil
from pathlib import Path

import jinja2
import numpy as np
import pytest
from scipy import stats
from stats.boards import board, run, table, timing

from harness import intervals
from harness.report import compare_page
from harness.report.compare_page import MOST_BYTES, payload, script, write, write_data
from harness.report.links import file_names
from harness.report.palette import style_sheet

from .conftest import CHROMIUM

REPORT = Path(compare_page.__file__).parent
SHARED = {"version": "1", "written": "today", "static": "static"}


def named(made, problem):
    """The board as one of another problem."""
    made.problem = problem
    return made


def small(solvers=("s", "t"), cases=("c", "d"), seeds=3, processes=6, problem="p"):
    """A board with costs and times that differ by solver, case and seed."""
    rng = np.random.default_rng(4)
    rows = []
    for i, label in enumerate(solvers):
        for case in cases:
            for seed in range(seeds):
                rows.append(run(label, case, seed, 1 + 0.1 * i + 0.01 * rng.random()))
            rows.append(timing(label, case, ((1 + i) * rng.lognormal(0, 0.1, processes)).tolist()))
    return named(board(rows, title=problem.upper()), problem)


def written(environment, folder, *boards):
    """Write the page and the data of these boards."""
    files = file_names(one.problem for one in boards)
    told = [write_data(folder, one, files[one.problem]) for one in boards]
    return write(environment, folder, [one for one in told if one], SHARED)


@pytest.fixture
def environment():
    """The templates, without what a site puts around its pages."""
    from harness.report.palette import SHAPES
    from harness.report.site import script_json

    around = jinja2.DictLoader({"base.html": "{% extends 'bare.html' %}"})
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([around, jinja2.FileSystemLoader(REPORT / "templates")]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["script_json"] = script_json
    made.globals.update(SHAPES=SHAPES, MEANING={}, NONE="–")
    return made


def data_of(text):
    """The data of a script file, which is one call of one function."""
    match = re.fullmatch(r"benchCompare\((.*)\);\n", text)
    return json.loads(match[1])


def test_the_data_are_those_of_the_board():
    made = small()
    data = data_of(script(made)[0])
    assert data["labels"] == list(made.labels)
    assert data["cases"] == ["c", "d"]
    for i, row in enumerate(data["cells"]):
        for j, (above, statuses, times) in enumerate(row):
            assert above == pytest.approx(made.above[i][j], rel=1e-5)
            assert statuses == "000"
            assert times == pytest.approx(made.time_values[i][j], rel=1e-5)


def test_failures_and_gaps_keep_their_places():
    rows = [run("s", "c", 0, 1.0), run("s", "c", 2, None, "timeout"), run("t", "c", 1, 2.0)]
    rows += [timing("s", "c", [1.0, 2.0]), timing("t", "c", [], "crashed"), run("t", "d", 0, 1.0)]
    made = board(rows)
    cells = payload(made, 2, made.cases)["cells"]
    s, t = (cells[made.labels.index(label)] for label in "st")
    assert s == [[[0.0, None, None], "0-1", [1.0, 2.0]], None]
    assert t[0] == [[None, 1.0, None], "-0-", [None]]
    assert t[1] == [[0.0], "0", []]


@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 3), (4, 4), (6, 8), (25, 9)])
def test_the_skips_are_those_of_the_rank_test(n, m):
    rng = np.random.default_rng(n)
    x, y = rng.random(n), rng.random(m)
    skip = compare_page._skip(n, m)
    found = intervals.shift(x, y)
    ordered = np.sort(np.subtract.outer(x, y).ravel())
    if skip < 0:
        assert math.isnan(found.low)
    else:
        assert (found.low, found.high) == (ordered[skip], ordered[-1 - skip])


def test_the_quantiles_are_students():
    quantiles = payload(small(), 2, ["c"])["quantiles"]
    assert quantiles == pytest.approx(
        stats.t.ppf(0.975, np.arange(1, len(quantiles) + 1)), rel=1e-5
    )


def test_a_file_is_never_too_large_and_says_what_is_left_out():
    labels = [f"solver-{i}-{'x' * 2000}" for i in range(600)]
    text, cut = script(table({label: {"c": 1.0 + i} for i, label in enumerate(labels)}))
    assert len(text.encode()) <= MOST_BYTES
    count = len(data_of(text)["labels"])
    assert 300 < count < 600
    assert cut == f"This page holds the first {count} of 600 solvers."
    assert script(small())[1] == ""


def test_many_cases_are_cut():
    text, cut = script(table({s: {f"c{i}": 1.0 for i in range(300)} for s in "st"}))
    assert len(data_of(text)["cases"]) == 200
    assert "the first 200 of 300 cases" in cut


def test_names_end_no_script_and_leave_no_folder(environment, tmp_path):
    nasty = "</script><b>\u2028"
    boards = [small((nasty, "t"), (nasty,), problem=name) for name in ("../up", "../Up")]
    path = written(environment, tmp_path, *boards)
    assert sorted(p.relative_to(tmp_path).parts[0] for p in tmp_path.rglob("*.js")) == ["data"] * 2
    text = path.read_text()
    index = json.loads(re.search(r'id="problems">(.*?)</script>', text)[1])
    assert [one["name"] for one in index] == ["../up", "../Up"]
    for one in index:
        data = (tmp_path / one["file"]).read_text()
        assert "<" not in data
        assert nasty in data_of(data)["labels"]


def test_a_problem_with_one_solver_is_left_out(environment, tmp_path):
    path = written(environment, tmp_path, table({"s": {"c": 1.0}}))
    assert "There is no problem with two solvers yet." in path.read_text()
    assert not (tmp_path / "data").exists()


def test_everything_failed_and_nothing_timed():
    made = table({"s": {"c": None}, "t": {"c": None}})
    assert payload(made, 2, made.cases)["cells"][0][0] == [[None], "1", []]


# --- in a browser ------------------------------------------------------------------------------


@pytest.fixture
def shown(environment, tmp_path, request):
    """Open the page on these boards; returns the page, and at the end nothing went wrong."""
    if CHROMIUM is None:
        pytest.skip("no chromium is installed")
    browser = request.getfixturevalue("browser")
    said, contexts = [], []

    def open_it(boards, query=""):
        path = written(environment, tmp_path, *boards.values())
        shutil.copytree(REPORT / "static", tmp_path / "static", dirs_exist_ok=True)
        (tmp_path / "static" / "colours.css").write_text(style_sheet())
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri() + query)
        page.locator("#versus-table tbody tr, #outcome .notice").first.wait_for()
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert said == []


def rows(page):
    return [
        [
            cell.replace("\N{NO-BREAK SPACE}", " ")
            for cell in line.locator("th, td").all_inner_texts()
        ]
        for line in page.locator("#versus-table tbody tr").all()
    ]


def test_the_numbers_are_those_of_the_intervals(shown):
    made = small()
    page = shown({"p": made}, "?problem=p&a=s&b=t")
    s, t = made.labels.index("s"), made.labels.index("t")
    for j, row in enumerate(rows(page)):
        x, y = np.log(made.time_values[t][j]), np.log(made.time_values[s][j])
        time = intervals.shift(x, y).map(math.exp)
        assert row[7] == f"{time.value:.2f}× {time.low:.2f}–{time.high:.2f}×"
        logs = np.log1p(made.above[t][j]) - np.log1p(made.above[s][j])
        cost = intervals.mean(logs).map(math.exp)
        assert row[3] == f"{cost.value:.4f} {cost.low:.4f}–{cost.high:.4f}"
        assert (row[0], row[4], row[8]) == (made.cases[j], "A", "A")
    tally = page.locator(".tally > *").all_inner_texts()
    assert tally[5:9] == ["wins on cost", "2", "0", "0"]


def test_the_same_solver_ties_with_itself(shown):
    page = shown({"p": small()}, "?problem=p&a=s&b=s")
    assert {(row[4], row[8]) for row in rows(page)} == {("tie", "tie")}
    assert "A and B are the same solver." in page.locator("#outcome").inner_text()


def test_solvers_are_chosen_and_swapped(shown):
    page = shown({"p": small(("s", "t", "u"))}, "?problem=p&a=u&b=s")
    before = rows(page)
    assert {row[4] for row in before} == {"B"}
    page.get_by_role("button", name="Swap A and B").click()
    assert {row[4] for row in rows(page)} == {"A"}
    assert [row[1] for row in rows(page)] == [row[2] for row in before]
    page.get_by_label("Solver B").select_option("t")
    assert "b=t" in page.url


def test_problems_are_chosen(shown):
    page = shown({"p": small(), "q": small(("v", "w"), ("e",), problem="q")}, "?problem=q")
    assert [row[0] for row in rows(page)] == ["e"]
    page.get_by_label("Problem", exact=True).select_option("p")
    page.locator("#versus-table tbody tr").nth(1).wait_for()
    assert [row[0] for row in rows(page)] == ["c", "d"]


def test_unknown_names_in_the_address_are_told(shown):
    page = shown({"p": small()}, "?problem=nothing&a=<b>&b=t")
    assert "This page has no solver <b>" in page.locator("#outcome").inner_text()
    assert page.locator("#outcome b").count() == 0


def test_who_fails_less_wins(shown):
    made = named(table({"s": {"c": 5.0}, "t": {"c": None}}, seeds=2), "p")
    page = shown({"p": made}, "?problem=p&a=s&b=t")
    ((_, _, worse, change, won, *_, runs),) = rows(page)
    assert (worse, change, won, runs) == ("–", "–", "A", "2 timeout")
