"""Tuned settings: what each solver reaches with the settings that `bench tune` tried.

Every solver that declares a space has the same number of trials on cases that the board does not
use: its defaults, and settings from a scrambled Halton sequence (Owen 2017) over its space, which
cover it evenly however many there are. A trial's score is that of a leaderboard of all trials of
all solvers: the cost against the best that anybody reached on each case. The first setting of that
leaderboard counts as the tuned one, the smaller share of failed runs before the better score.

The whole spread is shown, as one tuned figure hides how much luck it took: the quartiles over the
settings say what a user can expect who takes one without trying others, and the line of a solver
that lies flat says that its setting matters little. A failed setting is worse than any other.

The score of the tuned setting is that on which it was chosen, and so too good; what it is worth is
told by the board of tuned solvers, on other cases. A wide space makes a solver look worse than a
narrow one that its author drew around the best setting.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from harness import formats
from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic

_QUARTERS = (("first", 0.25), ("middle", 0.5), ("third", 0.75))


class TunedSettings(Statistic):
    """The scores of all settings that were tried, and of the one that was chosen."""

    title = "Tuned settings"
    group = "tuning"

    def compute(self, board: Any) -> Finding:
        if not board.tuned:
            raise NotApplicable(
                f"No settings were tried; `bench tune {board.problem}` tries those of all solvers."
            )
        rows = [_row(one) for one in board.tuned]
        rows.sort(key=lambda row: (row["failed"] == row["trials"], _sorted(row["score"])))
        form = "ratio" if board.relative else "gap"
        return Finding(
            _summary(rows, board, form), _columns(form), rows, _plots(board, form), _notes(board)
        )


def _sorted(score: float) -> float:
    return math.inf if math.isnan(score) else score


def scores(one: Any) -> np.ndarray:
    """float[trials]: of a solver, the best first; infinite for settings that failed."""
    return np.sort([math.inf if t.failed or math.isnan(t.score) else t.score for t in one.trials])


def _row(one: Any) -> dict[str, Any]:
    ordered = scores(one)
    count = len(ordered)
    row = {
        "label": one.solver,
        "setting": one.setting or "its defaults",
        "score": one.chosen.score,
        "default": one.default.score if one.default is not None else math.nan,
        "trials": count,
        "failed": int(np.isinf(ordered).sum()),
        "seconds": one.seconds,
        "calls": one.calls,
    }
    # The setting below which a share of the settings lies, without interpolation: some are endless.
    for name, share in _QUARTERS:
        row[name] = float(ordered[min(math.ceil(share * count), count) - 1])
    return row


def _columns(form: str) -> tuple[Column, ...]:
    return (
        Column("label", "Solver", "solver"),
        Column("setting", "Tuned setting", "text"),
        Column(
            "score", "Tuned", form, better="low", note="on the tuning cases, where it was chosen"
        ),
        Column("default", "Defaults", form, better="low", note="on the same cases"),
        Column(
            "first", "Best quarter", form, note="a quarter of the settings is as good or better"
        ),
        Column("middle", "Median setting", form),
        Column("third", "Worst quarter", form, note="a quarter of the settings is as bad or worse"),
        Column("trials", "Settings", "count"),
        Column("failed", "Failed", "count", note="settings with a failed run"),
        Column("seconds", "Time", "time", note="of all its trials, on its own clock"),
        Column("calls", "Calls", "count", note="of the oracle, by all its trials"),
    )


def _summary(rows: list[dict[str, Any]], board: Any, form: str) -> str:
    told = formats.of(form)
    first = rows[0]
    said = f"{first['label']} comes first on the tuning cases"
    if math.isfinite(first["score"]):
        said += f" with {told(first['score'])}"
    gains = [
        (row["default"] - row["score"], row)
        for row in rows
        if math.isfinite(row["score"]) and math.isfinite(row["default"])
    ]
    gain, most = max(gains, key=lambda pair: pair[0], default=(0.0, first))
    if gain > 0:
        said += (
            f"; {most['label']} gains most over its defaults "
            f"({told(most['default'])} to {told(most['score'])})"
        )
    total = formats.seconds(sum(row["seconds"] for row in rows))
    return f"{said}. All trials took {total}."


def _plots(board: Any, form: str) -> tuple[Plot, ...]:
    lines: dict[str, list[Any]] = {name: [] for name in ("label", "x", "y")}
    spans: dict[str, list[Any]] = {name: [] for name in ("label", "x", "low", "high")}
    for one in board.tuned:
        ordered = scores(one)
        good = ordered[np.isfinite(ordered)]
        if not len(good):
            continue
        for i, value in enumerate(good):
            for name, item in zip(lines, (one.solver, (i + 1) / len(ordered), value), strict=True):
                lines[name].append(float(item) if name != "label" else item)
        count = len(ordered)
        third = ordered[math.ceil(0.75 * count) - 1]
        middle = ordered[math.ceil(0.5 * count) - 1]
        ends = (good[0], min(middle, good[-1]), min(third, good[-1]))
        for name, item in zip(spans, (one.solver, ends[1], ends[0], ends[2]), strict=True):
            spans[name].append(float(item) if name != "label" else item)
    if not lines["label"]:
        return ()
    what = "cost / best known" if board.relative else "cost − best known"
    axis = Axis(f"{what}, on the tuning cases", form, log=board.relative)
    return (
        Plot(
            "lines",
            "spread",
            "The settings of each solver, the best first",
            Axis("share of the settings", "share", low=0.0, high=1.0),
            axis,
            lines,
            note="A flat line: the setting matters little. Failed settings lie beyond its end.",
            step=False,
        ),
        Plot(
            "intervals",
            "range",
            "From the best setting to the worst quarter",
            axis,
            Axis(""),
            spans,
            note="The point is the median setting; these are ranges of settings, no intervals.",
        ),
    )


def _notes(board: Any) -> tuple[str, ...]:
    cases = board.tuned[0].cases
    many = {len(one.trials) for one in board.tuned}
    seeds = board.tuned[0].seeds
    notes = [
        f"Tuned on {', '.join(cases)} with {formats.count(seeds, 'seed')} each; the board leaves "
        "these cases out."
    ]
    if len(many) > 1:
        notes.append(
            f"Not all solvers had the same number of settings ({min(many)} to {max(many)}): a "
            "space of few choices has no more, or the trials are not all of one tuning."
        )
    return tuple(notes)
