"""The site in a real browser, from file://."""

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
    """Scroll to every chart, and wait until it is drawn."""
    figures = page.locator("figure.chart")
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
    box = page.get_by_role("searchbox").nth(1)
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
    assert figures.count() == 4
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


@pytest.mark.parametrize("name", ["index.html", "problems/demo.html"])
def test_no_page_is_wider_than_its_window(open_page, name):
    page = open_page(name, width=390)
    draw(page)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_link_to_a_solver_unfolds_it(open_page):
    page = open_page("index.html")
    page.get_by_role("link", name="demo").click()
    page.locator("#board-table").get_by_role("link", name="fasterpam", exact=True).click()
    section = page.locator("#solver-fasterpam")
    assert section.evaluate("fold => fold.open")
    assert section.get_by_text("bench run demo -s fasterpam").is_visible()


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
    assert open_page("index.html").evaluate(scripts) == ["site.js"]
    page = open_page()
    draw(page)
    assert page.evaluate(scripts) == ["site.js", "vega.js"]
