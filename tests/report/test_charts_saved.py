"""Charts saved from a page in a real browser: as SVG, PNG, PDF, and their numbers as CSV."""

import csv
import re
import xml.etree.ElementTree as ET

import pytest

from harness.report.figures import table

from . import gallery
from .conftest import CHROMIUM
from .drawings import CURVE, PROFILE, RANKS, TIMES, changed, draw, drawing

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


def save(page, figure, kind):
    with page.expect_download() as waiting:
        figure.locator(f"[data-save={kind}]").click()
    return waiting.value


def texts(svg):
    return [
        "".join(one.itertext()) for one in ET.fromstring(svg).iter() if one.tag.endswith("text")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_svg_is_made_for_paper(show, scheme):
    page = show(color_scheme=scheme)
    profile = draw(page, PROFILE)
    saved = save(page, profile, "svg")
    assert saved.suggested_filename == "gallery-made-up-profile.svg"
    svg = saved.path().read_text()
    said = texts(svg)
    assert {"Performance profile", "share of cases", *gallery.LABELS} <= set(said)
    assert any("Wilson" in one for one in said)
    assert "var(" not in svg
    assert "Helvetica" in svg
    assert 'fill="#ffffff"' in svg
    used = {"rgb(0, 105, 176)", "rgb(204, 82, 0)"}  # blue and vermilion on light ground
    assert all(colour in svg for colour in used)
    assert page.locator(".on-paper").count() == 0


def test_a_saved_figure_shows_what_is_seen(show):
    page = show()
    curve = draw(page, CURVE)
    before = drawing(curve)
    curve.get_by_role("combobox").select_option("0.1 %")
    changed(page, CURVE, before)
    before = drawing(curve)
    curve.locator("[data-axis=x]").click()
    changed(page, CURVE, before)
    saved = save(page, curve, "svg")
    assert saved.suggested_filename == "gallery-made-up-curve-2.svg"
    said = texts(saved.path().read_text())
    assert "A curve (target 0.1 %)" in said
    assert "40×" in said


def test_a_png_is_twice_as_large_as_the_svg(show):
    page = show()
    ranks = draw(page, RANKS)
    png = save(page, ranks, "png").path().read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width = int.from_bytes(png[16:20], "big")
    svg = ET.fromstring(save(page, ranks, "svg").path().read_text())
    assert width == 2 * int(svg.get("width"))


def test_the_csv_has_the_numbers_of_all_views(show):
    page = show()
    curve = draw(page, CURVE)
    saved = save(page, curve, "csv")
    with saved.path().open(newline="") as file:
        rows = list(csv.reader(file))
    chart = gallery.charts(gallery.plots())[1]
    expected = list(csv.reader(table(chart).splitlines()))
    assert rows[0] == expected[0]
    assert {row[0] for row in rows[1:]} == {"1 %", "0.1 %", "best known"}
    numbers = [[float(cell) for cell in row[2:]] for row in rows[1:]]
    assert numbers == [[float(cell) for cell in row[2:]] for row in expected[1:]]
    assert [row[:2] for row in rows] == [row[:2] for row in expected]


def test_a_pdf_is_one_page_with_this_chart_alone(show):
    page = show()
    times = draw(page, TIMES)
    page.evaluate("() => { window.print = () => { window.printed = document.title; }; }")
    title = page.title()
    times.locator("[data-save=pdf]").click()
    page.wait_for_function("() => window.printed")
    assert page.evaluate("window.printed") == "gallery-made-up-times"
    image = page.locator("#print img").evaluate("(one) => [one.naturalWidth, one.naturalHeight]")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    box = [float(one) for one in re.search(rb"/MediaBox \[([^]]*)\]", pdf)[1].split()]
    assert box[2:] == pytest.approx([0.75 * side for side in image], abs=1.5)
    assert page.locator("#print").count() == 0
    assert page.title() == title
