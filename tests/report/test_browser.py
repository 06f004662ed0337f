"""The site in a real browser, from file://."""

import itertools
import re

import pytest

from . import synthetic
from .conftest import CHROMIUM

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


@pytest.fixture
def open_page(browser, site):
    """Open a page of the site; at the end nothing may have gone wrong in it."""
    said, asked, contexts = [], [], []

    def open_it(name="problems/demo.html", width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site.as_uri()}/{name}")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith("file:")] == []


def draw(page):
    """Scroll to every chart that is not folded away, and wait until it is drawn."""
    figures = page.locator("figure.chart:visible")
    for i in range(figures.count()):
        figures.nth(i).scroll_into_view_if_needed()
        figures.nth(i).locator(".plot[data-drawn] svg").wait_for()
    return figures


def column(page, number, table="#board-table"):
    return page.locator(f"{table} tbody tr:visible > :nth-child({number})").all_inner_texts()


def test_tables_sort_by_their_headers(open_page):
    page = open_page()
    heads = page.locator("#board-table thead th")
    before = column(page, 1)
    assert heads.nth(1).get_attribute("aria-sort") == "ascending"

    heads.nth(3).get_by_role("button").click()
    assert heads.nth(3).get_attribute("aria-sort") == "ascending"
    assert heads.nth(1).get_attribute("aria-sort") is None
    assert column(page, 1)[0].startswith("random_medoids")
    assert column(page, 4)[-1] == "–"  # what is missing stays last

    heads.nth(3).get_by_role("button").press("Enter")
    assert heads.nth(3).get_attribute("aria-sort") == "descending"
    assert column(page, 4)[-1] == "–"
    assert not column(page, 1)[0].startswith("random_medoids")

    heads.nth(1).get_by_role("button").press("Space")
    assert column(page, 1) == before


def test_tables_are_filtered(open_page):
    page = open_page()
    page.locator("#every-case > summary").click()
    box = page.locator("[data-filter=case-table] input")
    box.fill("IRIS clara")
    labels = column(page, 2, "#case-table")
    assert labels
    assert all("clara" in label for label in labels)
    cases = len(labels)
    assert page.locator("[data-filter=case-table] output").inner_text().startswith(f"{cases} of")
    box.fill("")
    assert len(column(page, 2, "#case-table")) == 6 * len(synthetic.SOLVERS)


def test_charts_are_drawn_and_answer(open_page):
    page = open_page()
    figures = draw(page)
    assert page.locator("#charts figure.chart").count() == 4
    assert figures.count() > 4  # the leading statistics have some too
    quality = page.locator("#chart-quality")
    before = quality.locator("svg").inner_html()
    quality.get_by_role("combobox").select_option("mixture[n=10000]")
    page.wait_for_function(
        "before => document.querySelector('#chart-quality svg').innerHTML != before", arg=before
    )
    assert " s" in quality.locator("svg").text_content()

    chip = page.locator("#legend button", has_text="clarans").first
    chip.press("Enter")
    assert chip.get_attribute("aria-pressed") == "true"
    page.wait_for_function(
        "() => [...document.querySelectorAll('#chart-growth svg path')]"
        ".some((path) => path.getAttribute('opacity') === '0.1')"
    )
    page.get_by_role("button", name="Show all alike").click()
    assert chip.get_attribute("aria-pressed") == "false"


def test_pointing_at_a_chart_names_the_solver(open_page):
    page = open_page(height=1400)
    draw(page)
    plot = page.locator("#chart-trade .plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = page.locator("#tip")
    tip.wait_for()
    name = tip.locator("b").inner_text()
    assert name in synthetic.SOLVERS
    assert "total deviation / best known" in tip.inner_text()
    assert page.locator("#legend .lit").inner_text() == name
    page.keyboard.press("Escape")
    tip.wait_for(state="hidden")


def axis_colour(page):
    return page.locator("#chart-trade svg text").first.get_attribute("fill")


def test_the_theme_follows_the_system_and_the_button_and_is_kept(open_page):
    page = open_page(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    draw(page)
    dark_axis = axis_colour(page)
    page.get_by_role("button", name="Switch to the light theme").click()
    light = page.evaluate(ground)
    assert light != dark
    page.wait_for_function(
        "before => document.querySelector('#chart-trade svg text')?.getAttribute('fill') != before",
        arg=dark_axis,
    )
    page.reload()
    assert page.evaluate(ground) == light
    assert axis_colour_after(page) != dark_axis


def axis_colour_after(page):
    page.locator("#chart-trade").scroll_into_view_if_needed()
    page.locator("#chart-trade .plot[data-drawn] svg").wait_for()
    return axis_colour(page)


PAGES = [
    *("index.html", "problems/demo.html", "solvers/demo/fasterpam.html", "papers/a-paper.html"),
    *("papers.html", "claims.html", "statistics.html", "environments.html", "compare.html"),
]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_its_window(open_page, name):
    page = open_page(name, width=390)
    draw(page)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_the_headings_of_a_page_are_in_order(open_page, name):
    page = open_page(name)
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((one) => +one.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_link_of_every_page_is_followed(open_page, site):
    found = set()
    for path in site.rglob("*.html"):
        name = path.relative_to(site).as_posix()
        page = open_page(name)
        found |= set(page.locator("a[href]").evaluate_all("all => all.map((one) => one.href)"))
        page.close()
    assert all(url.startswith(site.as_uri()) for url in found)
    page = open_page()
    for url in sorted({url.partition("#")[0].partition("?")[0] for url in found}):
        if url.endswith(".html"):
            assert page.goto(url).ok


def test_a_solver_is_reached_from_the_index(open_page):
    page = open_page("index.html")
    page.get_by_role("link", name="demo", exact=True).click()
    page.locator("#board-table").get_by_role("link", name="fasterpam", exact=True).click()
    page.wait_for_url("**/solvers/demo/fasterpam.html")
    page.get_by_text("bench run demo -s fasterpam").first.wait_for()
    page.get_by_role("link", name="A <Paper> & more").click()
    page.wait_for_url("**/papers/a-paper.html")
    page.get_by_role("link", name="The claim swap-speed & its <b>").click()
    page.wait_for_url("**/claims.html#claim-demo-swap-speed")


def test_a_link_to_a_folded_statistic_opens_it(open_page):
    page = open_page()
    fold = page.locator("details.finding-fold").first
    name = fold.get_attribute("id")
    assert not fold.evaluate("fold => fold.open")
    page.evaluate("name => { location.hash = name; }", name)
    page.wait_for_function("name => document.getElementById(name).open", arg=name)
    assert fold.locator("a", has_text="what this is").count() == 1


def test_everything_is_found_by_the_keyboard_alone(open_page):
    page = open_page("solvers/demo/pam.html")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search-box"
    page.keyboard.type("faster pam")
    panel = page.locator("#search-found")
    panel.get_by_role("link").first.get_by_text("fasterpam", exact=True).wait_for()
    assert re.match(r"\d+ found", panel.get_by_role("status").inner_text())
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#search-found') !== null")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "search-box"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/solvers/demo/fasterpam.html")
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    page.get_by_text("Nothing found").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("#search-found").is_visible()


@pytest.mark.parametrize(
    ("words", "kind", "target"),
    [
        ("demo", "problem", "problems/demo.html"),
        ("an open", "paper", "papers/an-open-one.html"),
        ("swap-speed", "claim", "claims.html#claim-demo-swap-speed"),
        ("performance profile", "statistic", "statistics.html#statistic-performance_profile"),
        ("n=10000", "case", "problems/demo.html?case-summary=mixture%5Bn%3D10000%5D#cases"),
    ],
)
def test_all_kinds_are_found(open_page, words, kind, target):
    page = open_page("papers.html")
    page.locator("#search-box").fill(words)
    found = page.locator("#search-found a").first
    found.wait_for()
    assert found.locator(".search-kind").inner_text() == kind
    found.click()
    page.wait_for_url(f"**/{target}")


def test_a_case_that_was_searched_for_is_the_one_shown(open_page):
    page = open_page("problems/demo.html?case-summary=mixture%5Bn%3D10000%5D#cases")
    assert column(page, 1, "#case-summary") == ["mixture[n=10000]"]


def test_the_list_of_papers_is_filtered(open_page):
    page = open_page("papers.html")
    assert len(column(page, 1, "#paper-table")) >= 3
    page.get_by_label("Family").select_option("clustering")
    page.get_by_label("Class").select_option("algorithm")
    assert "A <Paper> & more" in column(page, 1, "#paper-table")
    page.get_by_label("Filter").fill("nobody wrote this")
    assert column(page, 1, "#paper-table") == []
    page = open_page("papers.html?family=bandits")
    assert column(page, 1, "#paper-table") == ["An Open One"]


def test_claims_are_filtered_by_verdict(open_page):
    page = open_page("claims.html")
    page.get_by_label("Verdict").select_option("contradicted")
    assert page.locator("#claim-list > li:visible").count() == 1
    assert "same-answers" in page.locator("#claim-list > li:visible").inner_text()
    assert page.locator("output").inner_text() == "1 of 5 claims"


def test_everything_is_reached_with_the_keyboard(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "(() => { const at = document.activeElement;"
                " return (at.closest('section, header')?.id || '') + ' ' + at.tagName; })()"
            )
        )
    assert {"board INPUT", "board BUTTON", "board A", "charts BUTTON", "charts SELECT"} <= reached
    assert {" BUTTON", "board DIV"} <= reached  # the theme, and the table that scrolls


def test_without_scripts_the_tables_are_there(open_page):
    page = open_page(java_script_enabled=False)
    assert page.locator("#board-table tbody tr").count() == len(synthetic.SOLVERS)
    assert page.get_by_text("The charts are drawn by a script").is_visible()
    assert not page.locator(".tools").first.is_visible()
    assert not page.locator("#theme").is_visible()


def test_vega_is_loaded_once_and_only_where_there_is_a_chart(open_page):
    scripts = "[...document.scripts].map((one) => one.src.split('/').pop()).filter(Boolean)"
    assert open_page("index.html").evaluate(scripts) == ["site.js", "search.js"]
    page = open_page()
    draw(page)
    assert page.evaluate(scripts).count("vega.js") == 1
