"""When the runs of a board reached its targets, and which solvers never vary."""

from __future__ import annotations

from typing import Any

import numpy as np

Cells = list[list[np.ndarray]]

# The target that tables lead with, and what to fall back to where nobody reached it.
LEAD = ("1 %", "10 %", "0.1 %", "best known")
_SAME = 1e-12
_EXACT = 1e-9  # above the reference; what rounding may hide


def times_to(board: Any) -> dict[str, Cells]:
    """Target -> solver x case -> float[seeds]: seconds until a run first was within it.

    Infinite where a run never was, or failed; an empty array where a solver was not tried.
    """
    limits = [board.targets(case) for case in board.cases]
    found: dict[str, Cells] = {}
    for name in limits[0] if limits else ():
        when = board.runs.first_within(np.array([limit[name] for limit in limits]))
        table = board.runs.spread(when)
        found[name] = [[cell[~np.isnan(cell)] for cell in row] for row in table]
    return found


def medians(cells: Cells) -> np.ndarray:
    """float[solvers, cases]: over seeds; NaN where not tried, infinite where half were never there.

    Of an even number of seeds the middle two are averaged, so that half of them infinite is enough.
    """
    lengths = np.array([[len(cell) for cell in row] for row in cells], int).reshape(len(cells), -1)
    middle = np.full(lengths.shape, np.nan)
    for count in set(lengths.flat) - {0}:  # as many at once as have as many seeds
        places = np.argwhere(lengths == count)
        middle[tuple(places.T)] = np.median([cells[i][j] for i, j in places.tolist()], axis=1)
    return middle


def reached_by_any(cells: Cells) -> bool:
    """Whether any run of any solver reached it."""
    return any(np.isfinite(cell).any() for row in cells for cell in row)


def lead(cells: dict[str, Cells]) -> str:
    """The target to lead with: the first of `LEAD` that anybody reached, or ""."""
    return next((name for name in LEAD if name in cells and reached_by_any(cells[name])), "")


def meaning(board: Any, name: str) -> str:
    """A target in words, such as "a cost within 1 % of the reference"."""
    if name == "best known":
        return "the reference cost"
    if board.relative:
        return f"a cost within {name} of the reference"
    return f"an excess within {name} of a usual first answer's"


def unmoved(board: Any) -> list[str]:
    """Labels whose seeds seem to make no difference: these were run again rather than sampled.

    On every case all good runs ended at one cost, and on some case that is above the reference:
    always ending at the very best is no sign of it. Only cases with two good runs can tell.
    """
    named = []
    for label, row in zip(board.labels, board.above, strict=True):
        good = [cell[np.isfinite(cell)] for cell in row]
        repeated = [cell for cell in good if len(cell) > 1]
        alike = all(np.ptp(cell) <= _SAME * max(1.0, abs(cell[0])) for cell in repeated)
        if alike and any(cell[0] > _EXACT for cell in repeated):
            named.append(label)
    return named
