"""Badges: well-formed, readable, safe."""

import xml.etree.ElementTree as ElementTree

import pytest

from harness.report.badges import TONES, badge, width

SVG = "{http://www.w3.org/2000/svg}"


def channel(value):
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def luminance(colour):
    parts = [channel(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("tone", [*TONES, "unheard of"])
def test_a_badge_is_an_image_with_a_name_and_enough_contrast(tone):
    root = ElementTree.fromstring(badge("claims", "9 of 12", tone))
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text == "claims: 9 of 12"
    grounds = [rect.get("fill") for rect in root.findall(f"{SVG}rect")]
    assert grounds[1] == TONES.get(tone, TONES["unknown"])
    for ground in grounds:  # of white on it, by WCAG 2
        assert 1.05 / (luminance(ground) + 0.05) >= 4.5


def test_the_parts_lie_side_by_side_and_hold_their_texts():
    root = ElementTree.fromstring(badge("left", "a longer right", "good"))
    first, second = root.findall(f"{SVG}rect")
    texts = root.findall(f"{SVG}g/{SVG}text")
    assert int(second.get("x")) == int(first.get("width"))
    assert int(root.get("width")) == int(first.get("width")) + int(second.get("width"))
    for rect, text in zip((first, second), texts, strict=True):
        begin, end = int(rect.get("x") or 0), int(rect.get("x") or 0) + int(rect.get("width"))
        assert begin < int(text.get("x"))
        assert int(text.get("x")) + int(text.get("textLength")) < end


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\"&'", "a\x00b\x1b[2J", "]]>", "", "x" * 10_000, "数 🙂"]
)
def test_any_text_is_only_text(text):
    made = badge(text, text, "bad")
    root = ElementTree.fromstring(made)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} == {
        "svg",
        "title",
        "rect",
        "g",
        "text",
    }
    assert len(made) < 3000
    assert int(root.get("width")) > 0


def test_wide_letters_take_more_room():
    assert width("iiii") < width("nnnn") < width("WWWW")
    assert width("") == 1
    # Verdana at 11 pixels: "build" is 27.3 wide, "passing" 43.4.
    assert width("build") == pytest.approx(27.3, abs=3)
    assert width("passing") == pytest.approx(43.4, abs=4)
