"""Looks of solvers: apart from each other, and the same from report to report."""

import pytest

from harness.report.palette import COLOURS, looks, style_sheet

NAMES = [f"solver_{i}[k={i % 3}]" for i in range(200)]


def test_no_two_of_sixty_solvers_look_alike():
    shown = looks(NAMES[:60]).values()
    assert len({(look.colour, look.shape, look.dash) for look in shown}) == 60
    assert len({look.colour for look in list(shown)[:8]}) == len(COLOURS) == 8


def test_192_differ_and_more_are_served():
    shown = list(looks(NAMES).values())
    assert len(shown) == 200
    assert len({(look.colour, look.shape, look.dash) for look in shown[:192]}) >= 184
    assert len({(look.colour, look.shape, look.dash) for look in shown}) == 192


def test_the_ranking_among_the_first_eight_and_among_the_rest_does_not_count():
    before = looks(NAMES[:30])
    after = looks([*reversed(NAMES[:8]), *reversed(NAMES[8:30])])
    assert before == {label: after[label] for label in before}


@pytest.mark.parametrize("count", [3, 8, 20])
def test_one_more_solver_recolours_few(count):
    changed = 0
    for begin in range(0, 100, 10):
        labels = NAMES[begin : begin + count]
        before, after = looks(labels), looks([*labels, "newcomer"])
        changed += sum(before[label].colour != after[label].colour for label in labels)
    assert changed <= 0.25 * 10 * count


def test_odd_labels_have_looks():
    odd = ["", "\ud800", "</style>", "a" * 10_000]
    assert len(set(looks(odd).values())) == 4


def test_the_style_sheet_has_each_colour_for_both_themes():
    text = style_sheet()
    assert all(f"--c{i}: light-dark({a}, {b});" in text for i, (a, b) in enumerate(COLOURS))
    assert "--ramp-middle: light-dark(" in text


def channels(colour):
    """Linear red, green and blue of #rrggbb."""
    return [_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5)]


def _linear(value):
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def luminance(colour):
    return sum(a * b for a, b in zip(channels(colour), (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize(
    ("theme", "ground"), [(0, "#fdfcfa"), (1, "#15181c")], ids=["light", "dark"]
)
def test_colours_stand_out_from_the_ground(theme, ground):
    for pair in COLOURS:
        bright, dark = sorted((luminance(pair[theme]), luminance(ground)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 3.0  # WCAG 2.2, 1.4.11
