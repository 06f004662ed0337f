"""How a solver looks: its colour, the shape of its marks and the dash of its lines.

Eight colours that keep apart under the common kinds of colour blindness, each for a light and a
dark ground. A solver differs from others of its colour by shape and dash, so that colour is never
the only sign. The pages take the colours from here by way of a style sheet.

A look follows from the label, not from the rank, so that a solver keeps its colour when the ranking
changes, on every page and in the next report. Each label scores the colours by a hash. Those in
front, the first eight of a board, get eight different colours: of all pairs of label and colour the
highest score is served first. Who is in front counts, in which order does not; when somebody joins,
only those give way who wanted the same colour less. The rest take the colour that they score
highest, and the first free one of its shapes and dashes.
"""

from __future__ import annotations

import hashlib
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
# Of a matrix: the low end, the middle, the high end, and halfway to it; orange against blue keeps
# apart for everybody, and the middle is near the ground.
RAMP = {
    "low": ("#b3510a", "#f0a367"),
    "middle": ("#f4f2ee", "#23282e"),
    "half": ("#87b3d6", "#4c7ba3"),
    "high": ("#1b5c9e", "#86c1f7"),
}
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
DASHES = ((), (6, 3), (2, 2), (9, 3, 2, 3))  # none is a whole line
_VARIANTS = len(SHAPES) * len(DASHES)


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
    """One look per label; the first eight differ in colour, and 192 are all different.

    Args:
        labels: of a board, best first; only who is among the first eight counts.
    """
    scores = {label: _scores(label) for label in labels}
    found = {label: _look(colour, 0) for label, colour in _matched(labels, scores).items()}
    taken = {(look.colour, 0) for look in found.values()}
    for label in sorted((label for label in labels if label not in found), key=scores.__getitem__):
        wanted = sorted(range(len(COLOURS)), key=lambda colour: -scores[label][colour])
        places = [(colour, variant) for colour in wanted for variant in range(1, _VARIANTS)]
        places += [(colour, 0) for colour in wanted]
        place = next((one for one in places if one not in taken), places[0])
        taken.add(place)
        found[label] = _look(*place)
    return {label: found[label] for label in labels}


def _scores(label: str) -> list[int]:
    """How much a label wants each colour."""
    digest = hashlib.blake2b(label.encode("utf-8", "replace"), digest_size=4 * len(COLOURS))
    raw = digest.digest()
    return [int.from_bytes(raw[4 * i : 4 * i + 4], "big") for i in range(len(COLOURS))]


def _matched(labels: Sequence[str], scores: dict[str, list[int]]) -> dict[str, int]:
    """Label -> colour for those in front, the highest score first."""
    front = labels[: len(COLOURS)]
    pairs = [(-scores[label][c], label, c) for label in front for c in range(len(COLOURS))]
    found: dict[str, int] = {}
    for _, label, colour in sorted(pairs):
        if label not in found and colour not in found.values():
            found[label] = colour
    return found


def _look(colour: int, variant: int) -> Look:
    """Variants of a colour: shape and dash go on together, which would miss half of the pairs."""
    dash = (variant + variant // (_VARIANTS // 2)) % len(DASHES)
    return Look(colour, (colour + variant) % len(SHAPES), dash)


def style_sheet() -> str:
    """The colours as custom properties that follow the theme."""
    lines = [f"  --c{i}: light-dark({light}, {dark});" for i, (light, dark) in enumerate(COLOURS)]
    lines += [f"  --ramp-{name}: light-dark({a}, {b});" for name, (a, b) in RAMP.items()]
    classes = [f".c{i} {{ --paint: var(--c{i}); }}" for i in range(len(COLOURS))]
    return "\n".join([":root {", *lines, "}", *classes, ""])
