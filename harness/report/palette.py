"""How a solver looks: its colour, the shape of its marks and the dash of its lines.

Eight colours that keep apart under the common kinds of colour blindness, each for a light and a
dark ground. A solver differs from others of its colour by shape and dash, so that colour is never
the only sign. The pages take the colours from here by way of a style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

COLOURS = (  # on light, on dark
    ("#0069b0", "#62aef0"),  # blue
    ("#cc5200", "#f28c45"),  # vermilion
    ("#008a63", "#35c79b"),  # green
    ("#a63d95", "#d98bd0"),  # purple
    ("#9b7400", "#e0bb3f"),  # gold
    ("#3d93cc", "#a5d8f6"),  # sky
    ("#8c1d4f", "#e8718f"),  # wine
    ("#596572", "#aab4c0"),  # slate
)
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
DASHES = ((1, 0), (6, 3), (2, 2), (9, 3, 2, 3))


@dataclass(frozen=True)
class Look:
    """The look of one solver: numbers of its colour, shape and dash."""

    colour: int
    shape: int
    dash: int

    @property
    def paint(self) -> str:
        """The colour as the style sheet names it; the page's script puts the value in."""
        return f"var(--c{self.colour})"


def looks(labels: Sequence[str]) -> dict[str, Look]:
    """One look per label, the first eight in colours of their own; 96 are all different."""
    found = {}
    for i, label in enumerate(labels):
        turn, colour = divmod(i, len(COLOURS))
        found[label] = Look(colour, (colour + turn) % len(SHAPES), turn % len(DASHES))
    return found


def style_sheet() -> str:
    """The colours as custom properties that follow the theme."""
    lines = [f"  --c{i}: light-dark({light}, {dark});" for i, (light, dark) in enumerate(COLOURS)]
    classes = [f".c{i} {{ --paint: var(--c{i}); }}" for i in range(len(COLOURS))]
    return "\n".join([":root {", *lines, "}", *classes, ""])
