"""The charts in a real browser, from file://: drawn, pointed at, zoomed, switched and saved."""

import re

import pytest

from harness.findings import Axis, Plot
from harness.report import axes

from . import gallery
from .conftest import CHROMIUM
from .drawings import CURVE, PROFILE, RANKS, TIMES, WINS, changed, draw, drawing, middle, ticks

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


def test_every_kind_is_drawn(show):
    page = show()
    figures = page.locator("figure.chart")
    assert figures.count() == 6
    for i in range(6):
        figures.nth(i).scroll_into_view_if_needed()
        figures.nth(i).locator(".plot[data-drawn] svg").wait_for()
        assert figures.nth(i).locator("svg path").count() > 5
    for name in (TIMES, RANKS, WINS):
        assert set(gallery.LABELS) <= set(ticks(page.locator(name)))
    assert "critical difference 1.37" in ticks(page.locator(RANKS))


def test_data_is_loaded_when_a_chart_comes_near(show):
    page = show(height=500)
    scripts = "[...document.scripts].map((one) => one.src.split('/').pop().split('?')[0])"
    draw(page, PROFILE)
    assert "made-up-profile.js" in page.evaluate(scripts)
    assert "made-up-wins.js" not in page.evaluate(scripts)
    draw(page, WINS)
    loaded = page.evaluate(scripts)
    assert "made-up-wins.js" in loaded
    assert loaded.count("vega.js") == loaded.count("kind-lines.js") == 1


def test_missing_data_is_said_in_place_of_the_chart(browser, tmp_path):
    path = gallery.write(tmp_path, gallery.plots())
    (tmp_path / "data" / "gallery" / "made-up-profile.js").unlink()
    page = browser.new_page()
    page.goto(path.as_uri())
    plot = page.locator(f"{PROFILE} .plot")
    plot.get_by_text("can't be drawn: data/gallery/made-up-profile.js is missing").wait_for()
    page.close()


def test_pointing_lights_up_the_nearest_solver_everywhere(show):
    page = show(height=1600)
    profile = draw(page, PROFILE)
    draw(page, TIMES)
    page.mouse.move(*middle(profile))
    tip = page.locator("#tip")
    tip.wait_for()
    name = tip.locator("b").inner_text()
    assert name in gallery.LABELS
    assert "share of cases" in tip.inner_text()
    assert "%" in tip.inner_text()
    assert page.locator("#legend .lit").inner_text() == name
    faded = (
        f"[...document.querySelectorAll('{TIMES} svg path')].some("
        "(one) => one.getAttribute('opacity') === '0.15')"
    )
    page.wait_for_function(f"() => {faded}")
    page.mouse.move(5, 5)
    tip.wait_for(state="hidden")
    page.wait_for_function(f"() => !({faded})")


@pytest.mark.parametrize("name", [TIMES, RANKS, WINS])
def test_every_kind_tells_of_what_is_pointed_at(show, name):
    page = show()
    figure = draw(page, name)
    label = figure.locator("svg text", has_text="alternating").last.bounding_box()
    box = figure.locator("svg").first.bounding_box()
    x = box["x"] + box["width"] * 0.5 if name != RANKS else label["x"] + 5
    page.mouse.move(x, label["y"] + label["height"] / 2)
    tip = page.locator("#tip")
    tip.wait_for()
    assert "alternating" in tip.locator("b").inner_text()
    assert re.search(r"\d", tip.locator("dl").inner_text())


def test_a_click_brings_out_a_solver_and_another_takes_it_back(show):
    page = show()
    profile = draw(page, PROFILE)
    at = middle(profile)
    page.mouse.move(*at)
    name = page.locator("#tip b").inner_text()
    chip = page.locator("#legend").get_by_role("button", name=name, exact=True)
    page.mouse.click(*at)
    assert chip.get_attribute("aria-pressed") == "true"
    page.mouse.click(*at)
    assert chip.get_attribute("aria-pressed") == "false"
    chip.press("Enter")
    assert chip.get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Show all alike").click()
    assert chip.get_attribute("aria-pressed") == "false"


def test_an_axis_is_switched_between_logarithmic_and_linear(show):
    page = show()
    profile = draw(page, PROFILE)
    assert {"1×", "3×", "10×", "30×"} <= set(ticks(profile))
    assert profile.locator("[data-axis]").count() == 1  # shares from 0 to 1 stay linear
    button = profile.locator("[data-axis=x]")
    assert button.get_attribute("aria-pressed") == "true"
    before = drawing(profile)
    button.click()
    changed(page, PROFILE, before)
    assert button.get_attribute("aria-pressed") == "false"
    assert {"20×", "40×", "60×"} <= set(ticks(profile))
    button.press("Enter")
    page.wait_for_function(
        f"() => document.querySelector('{PROFILE} svg').textContent.includes('30×')"
    )


def test_a_linear_axis_away_from_zero_leaves_zero_out(show):
    columns = {"label": ["lab", "pam"], "x": [100.0, 101.0]}
    axis = Axis("an axis")
    page = show([Plot("intervals", "far", "Far", axis, Axis(""), columns)])
    far = draw(page, "#chart-made-up-far")
    assert {"100", "100.4", "101"} <= set(ticks(far))
    places = far.locator("svg .role-mark path[d^='M']").evaluate_all(
        "(marks) => marks.map((one) => one.getBoundingClientRect().x)"
    )
    assert max(places) - min(places) > 200


def test_views_are_picked_and_keep_what_was_chosen(show):
    page = show()
    curve = draw(page, CURVE)
    curve.locator("[data-axis=x]").click()
    page.wait_for_function(
        f"() => document.querySelector('{CURVE} svg').textContent.includes('40×')"
    )
    before = drawing(curve)
    curve.get_by_role("combobox").select_option("best known")
    changed(page, CURVE, before)
    assert {"20×", "40×"} <= set(ticks(curve))


def test_zooming_by_buttons_wheel_keys_and_a_box(show):
    page = show()
    profile = draw(page, PROFILE)
    whole = ticks(profile)
    reset = profile.locator("[data-zoom=reset]")

    def reset_and_check():
        assert reset.is_enabled()
        before = drawing(profile)
        reset.click()
        changed(page, PROFILE, before)
        assert reset.is_disabled()
        assert ticks(profile) == whole

    before = drawing(profile)
    profile.get_by_role("button", name="Zoom in").click()
    changed(page, PROFILE, before)
    assert ticks(profile) != whole
    reset_and_check()

    before = drawing(profile)
    page.mouse.move(*middle(profile))
    page.mouse.wheel(0, -300)  # the page's
    page.keyboard.down("Control")
    page.mouse.move(*middle(profile))
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    changed(page, PROFILE, before)
    reset_and_check()

    before = drawing(profile)
    profile.locator(".plot").press("+")
    changed(page, PROFILE, before)
    before = drawing(profile)
    profile.locator(".plot").press("ArrowRight")
    changed(page, PROFILE, before)
    reset_and_check()

    before = drawing(profile)
    x, y = middle(profile)
    page.mouse.move(x - 60, y - 60)
    page.mouse.down()
    page.mouse.move(x, y)
    assert profile.locator(".box").count() == 1
    page.mouse.move(x + 60, y + 60)
    page.mouse.up()
    changed(page, PROFILE, before)
    assert profile.locator(".box").count() == 0
    before = drawing(profile)  # and a drag in what is zoomed moves it
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 10)
    page.mouse.up()
    changed(page, PROFILE, before)
    assert page.locator("#legend [aria-pressed=true]").count() == 0  # a drag is no click
    reset_and_check()


def test_the_page_scrolls_over_a_chart(show):
    page = show(height=600)
    profile = draw(page, PROFILE)
    before = ticks(profile)
    page.mouse.move(*middle(profile))
    page.mouse.wheel(0, 200)
    page.wait_for_function("() => scrollY >= 150")
    assert ticks(profile) == before


def test_ticks_of_a_zoomed_axis_are_those_of_a_whole_one(show):
    page = show()
    draw(page, PROFILE)
    pairs = [
        (1.0, 60.0),
        (3e-9, 2e-3),
        (2.1, 2.6),
        (0.9, 12.0),
        (1.0, 1e8),
        (2.7, 21.0),
        (1e-140, 1e140),
    ]
    for low, high in pairs:
        for kind, expected in (("log", axes.log_ticks), ("linear", axes.linear_ticks)):
            found = page.evaluate("(a) => window.benchTicks(...a)", [low, high, kind])
            assert found == pytest.approx(expected(low, high)), (low, high, kind)


def test_sixty_solvers_fade_behind_the_first_eight(show):
    labels = [f"solver_{i}" for i in range(60)]
    page = show([gallery.lines(labels), gallery.ranks(labels), gallery.matrix(labels)], labels)
    draw(page, PROFILE)
    opacities = page.locator(f"{PROFILE} svg path[stroke-width='1.8']").evaluate_all(
        "(paths) => paths.map((one) => one.getAttribute('stroke-opacity') ?? '1')"
    )
    assert opacities.count("0.9") == 8
    assert opacities.count("0.2") == 52
    assert draw(page, RANKS).locator("svg text", has_text="solver_59").count() == 1
    assert draw(page, WINS).locator("canvas").count() == 1  # thousands of cells


def test_hostile_labels_are_shown_as_they_are(show):
    labels = ("<img src=x onerror=alert(1)>", "</script>", "__proto__", "constructor")
    page = show(gallery.plots(labels)[2:5], labels)
    times = draw(page, TIMES)
    shown = ticks(times)
    assert "__proto__" in shown
    assert "constructor" in shown
    page.mouse.move(*middle(times))
    page.locator("#tip b").wait_for()
    assert page.locator("#tip b").inner_text() in labels
    assert page.locator("img").count() == 0
    wins = draw(page, WINS)
    assert "__proto__" in ticks(wins)


def test_a_single_point_and_zeros_are_drawn(show):
    axis = Axis("an axis", log=True)
    columns = {"label": ["lab", "pam", "pam"], "x": [1.0, 0.0, 10.0], "y": [0.0, 5.0, 2.0]}
    page = show([Plot("lines", "odd", "Odd", axis, axis, columns)])
    odd = draw(page, "#chart-made-up-odd")
    assert "0" in ticks(odd)
    assert "NaN" not in drawing(odd)
    before = drawing(odd)
    odd.locator("[data-axis=y]").click()
    changed(page, "#chart-made-up-odd", before)


@pytest.mark.parametrize("width", [390, 1280])
def test_charts_fit_the_page(show, width):
    page = show(width=width)
    for name in (PROFILE, CURVE, TIMES, RANKS, WINS):
        figure = draw(page, name)
        svg = figure.locator("svg").first.bounding_box()
        assert svg["x"] >= 0
        assert svg["x"] + svg["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_chart_is_drawn_soon(show, capsys):
    """How long it takes is told, not judged: clocks differ."""
    page = show()
    draw(page, PROFILE)
    taken = page.evaluate("performance.now()")
    with capsys.disabled():
        print(f" first chart after {taken:.0f} ms", end=" ")
