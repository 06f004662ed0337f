"""Badges for a README: two words side by side, as an SVG that needs no font and no network.

Widths are estimated from the widths of Verdana's glyphs, and the texts are fitted to them by
`textLength`, so that a reader with another font sees the same badge.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from harness.report.plain import plain

# Tone -> ground of the right part; white text on it has a contrast of at least 4.5 : 1.
TONES = {"good": "#23713f", "neutral": "#2b6a9c", "bad": "#b3261e", "unknown": "#676d74"}
_LEFT = "#3f444b"
_MOST = 60  # characters of a part

# Widths in thousandths of the font's size; what is not named is as wide as a capital W.
_WIDTHS = {
    letter: width
    for letters, width in (
        ("ijl'|", 290),
        ("I,.:;frt/()[]!- \\", 420),
        ('csz_?*"', 530),
        ("abdeghknopquvxyJ0123456789$L£", 640),
        ("ABCEFKPRSTVXYZ<>=+~#^±×–", 710),
        ("DGHNOQUw&", 790),
        ("mM", 960),
        ("W%@", 1080),
    )
    for letter in letters
}
_WIDEST = 1080
_SIZE, _PAD, _HEIGHT = 11, 6, 20


def badge(left: str, right: str, tone: str = "neutral") -> str:
    """A badge as SVG.

    Args:
        left: what it is about. right: what is said of it; long texts are cut.
        tone: of the right part, one of `TONES`; an unknown one is "unknown".
    """
    left, right = plain(left, _MOST), plain(right, _MOST)
    ground = TONES.get(tone, TONES["unknown"])
    lengths = [width(left), width(right)]
    first, second = (length + 2 * _PAD for length in lengths)
    title = escape(f"{left}: {right}", {'"': "&quot;"})
    texts = "".join(
        f'<text x="{x + _PAD}" y="14" textLength="{length}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text)}</text>"
        for x, length, text in ((0, lengths[0], left), (first, lengths[1], right))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{first + second}" height="{_HEIGHT}" '
        f'viewBox="0 0 {first + second} {_HEIGHT}" role="img" aria-label="{title}">'
        f"<title>{title}</title>"
        f'<rect width="{first}" height="{_HEIGHT}" fill="{_LEFT}"/>'
        f'<rect x="{first}" width="{second}" height="{_HEIGHT}" fill="{ground}"/>'
        '<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" '
        f'font-size="{_SIZE}">{texts}</g></svg>\n'
    )


def width(text: str) -> int:
    """How wide a text is, in pixels; at least one."""
    return max(1, round(sum(_WIDTHS.get(letter, _WIDEST) for letter in text) * _SIZE / 1000))
