"""What a chart shows at a time, packed into columns, and curves thinned to what an eye can see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from harness.report.axes import DRAWABLE

HEIGHT = 320  # pixels of a chart, unless its rows say otherwise


@dataclass
class View:
    """What a chart shows at a time.

    Attributes:
        title: as its picker names it.
        labels: solver of each row, as its number on the board; -1 for what is no solver's.
        columns: name -> values, one per row; a single value stands for all rows.
        axes: "x", "y" -> their ends and ticks, as `axes.ends` gives them.
        signals: further settings of the drawing.
        height: pixels.
    """

    title: str
    labels: list[int] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)
    axes: dict[str, dict[str, Any]] = field(default_factory=dict)
    signals: dict[str, Any] = field(default_factory=dict)
    height: int = HEIGHT

    def add(self, label: int, **values: Any) -> None:
        """Add a row; all rows must name the same columns."""
        self.labels.append(label)
        for name, value in values.items():
            self.columns.setdefault(name, []).append(value)

    def column(self, name: str) -> list[Any]:
        """The values of a column, one per row; empty where there is no such column."""
        values = self.columns.get(name, [])
        return list(values) if isinstance(values, list) else [values] * len(self.labels)

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "label": self.labels,
            "columns": {name: _short(values) for name, values in self.columns.items()},
            "axes": self.axes,
            "signals": self.signals,
            "height": self.height,
        }


def _short(values: Any) -> Any:
    """One value where all are the same; texts that recur as numbers of a list of them."""
    if not isinstance(values, list) or not values:
        return values
    if all(value == values[0] for value in values):
        return values[0]
    if isinstance(values[0], str):
        words = {word: i for i, word in enumerate(dict.fromkeys(values))}
        return {"words": list(words), "index": [words[value] for value in values]}
    return values


def key(name: str) -> str:
    """A name by which the drawing tells rows apart; it can't be one of JavaScript's own."""
    return f"#{name}"


def step_height(rows: int) -> int:
    """Pixels of a chart with one row for each solver."""
    each = 21 if rows <= 24 else 16 if rows <= 60 else 13
    return max(60, rows * each)


def thinned(x: np.ndarray, y: np.ndarray, most: int) -> np.ndarray:
    """Which points of a curve to keep: both ends, and points spread evenly along its length.

    Args:
        x, y: float[points] as they lie on the axes (logarithms where these are logarithmic).
        most: points to keep.

    Returns:
        int[at most `most`], rising.
    """
    count = len(x)
    if count <= most:
        return np.arange(count)
    spans = [float(np.ptp(values)) or 1.0 for values in (x, y)]
    steps = np.abs(np.diff(x)) / spans[0] + np.abs(np.diff(y)) / spans[1]
    along = np.r_[0.0, np.cumsum(steps)]
    wanted = np.linspace(0.0, along[-1], most)
    kept: np.ndarray = np.unique(np.r_[0, np.searchsorted(along, wanted[1:-1]), count - 1])
    return kept


def packed(values: Sequence[float] | np.ndarray) -> list[float | None]:
    """Numbers for JSON: six digits, None where there is none."""
    return [
        float(f"{value:.6g}") if abs(value) < DRAWABLE else None
        for value in np.asarray(values, float).tolist()
    ]
