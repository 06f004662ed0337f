"""Every kind of page, held against axe: nothing serious may stand in the way of anybody."""

import pytest

from .conftest import CHROMIUM

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
SERIOUS = ("serious", "critical")


def kinds_of(site):
    """One page of each kind, by its path."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        folder = path.relative_to(site).parts[:-1]
        found.setdefault((folder[0] if folder else path.name), path)
    return found


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_has_serious_findings(browser, site, theme, width):
    found = {}
    for kind, path in kinds_of(site).items():
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(f"{path.as_uri()}?theme={theme}")
        for figure in page.locator("figure.chart").all()[:3]:
            figure.scroll_into_view_if_needed()
            figure.locator(".plot[data-drawn] svg").wait_for()
        found[kind] = violations(page)
        page.close()
    assert {kind: said for kind, said in found.items() if said} == {}


def test_axe_finds_what_is_wrong(browser, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text("<!doctype html><html><title>x</title><img src='a.png'><p>x</html>")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert any("image-alt" in one for one in violations(page))
    page.close()
