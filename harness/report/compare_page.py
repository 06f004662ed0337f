"""A page on which any two solvers of a problem stand side by side, case by case.

The page is one; a problem's records lie in a script file of their own, which is loaded when the
problem is chosen: a page opened from the disk may load a script, and nothing else. The ratios and
their intervals are worked out by the page's script, for whichever two solvers are chosen, by the
same formulas as in `harness.intervals`; what these need of tables is in the file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harness import intervals
from harness.record import STATUSES
from harness.report.files import write as write_file
from harness.report.palette import SHAPES, looks
from harness.statistics.board import Board

if TYPE_CHECKING:
    import jinja2

MOST_BYTES = 1_000_000  # of a problem's file
MOST_CASES = 200
MOST_PROCESSES = 25  # of a timing
MOST_SEEDS = 20
_ABSENT = "-"


def write_data(folder: Path, board: Board, file: str) -> dict[str, str] | None:
    """Write a problem's file of data; what the page says of the problem, None with one solver.

    Args:
        folder: of the site.
        board: of the problem.
        file: the name of the problem's folder of data.

    Raises:
        OSError: where it can't be written.
    """
    if len(board.labels) < 2:
        return None
    path = f"data/{file}/compare.js"
    text, cut = script(board)
    write_file(folder / path, text)
    return {"name": board.problem, "title": board.title, "file": path, "cut": cut}


def write(
    environment: jinja2.Environment,
    folder: Path,
    problems: Sequence[Mapping[str, str]],
    shared: Mapping[str, Any],
) -> Path:
    """Write `compare.html`.

    Args:
        environment: of the site's templates.
        folder: of the site.
        problems: what `write_data` told of each.
        shared: what every page's template is given.

    Returns:
        the page.

    Raises:
        OSError: where it can't be written.
    """
    template = environment.get_template("compare.html")
    page = template.render(**{**shared, "root": "", "problems": problems})
    write_file(folder / "compare.html", page)
    return folder / "compare.html"


def script(board: Board) -> tuple[str, str]:
    """The file of a problem, and what had to be left out, a sentence or nothing."""
    count, cases = len(board.labels), board.cases[:MOST_CASES]
    text = _text(board, count, cases)
    while len(text) > MOST_BYTES and count > 2:
        # What is left out are solvers from the end of the board, some more than by proportion.
        count = max(2, min(count - 1, int(count * MOST_BYTES / len(text))))
        text = _text(board, count, cases)
    while len(text) > MOST_BYTES and len(cases) > 1:
        cases = cases[: len(cases) // 2]
        text = _text(board, count, cases)
    gone = []
    if count < len(board.labels):
        gone.append(f"the first {count} of {len(board.labels)} solvers")
    if len(cases) < len(board.cases):
        gone.append(f"the first {len(cases)} of {len(board.cases)} cases")
    return text, f"This page holds {' and '.join(gone)}." if gone else ""


def _text(board: Board, count: int, cases: Sequence[str]) -> str:
    text = json.dumps(payload(board, count, cases), separators=(",", ":"), allow_nan=False)
    return f"benchCompare({text.replace('<', chr(92) + 'u003c')});\n"


def payload(board: Board, count: int, cases: Sequence[str]) -> dict[str, Any]:
    """What the page's script knows of a problem.

    Args:
        board: of the problem.
        count: how many solvers, from the first of the board.
        cases: which.

    Returns:
        cells: solver x case -> None where not tried, else a list of: how far the cost is above the
        reference for each of the case's seeds (None where there is none); the status of each seed,
        as the place in `STATUSES`; seconds of each process (None where the timing failed).
        skips: "n,m" -> how many of the n m differences of two timings lie below their interval.
        quantiles: Student's t for 1, 2, ... degrees of freedom.
    """
    labels = board.labels[:count]
    runs = _runs(board)
    seeds = {case: _seeds(runs, labels, case) for case in cases}
    styles = looks(labels)
    return {
        "problem": board.problem,
        "cost": board.cost_name,
        "relative": board.relative,
        "rank_by": board.rules.rank_by,
        "statuses": STATUSES,
        "labels": labels,
        "looks": [[look.colour, SHAPES[look.shape]] for look in styles.values()],
        "cases": list(cases),
        "cells": [
            [
                _cell(board, runs.get((label, case)), i, j, seeds[case])
                for j, case in enumerate(cases)
            ]
            for i, label in enumerate(labels)
        ],
        "skips": _skips(board, count),
        "quantiles": [round(_quantile(n), 6) for n in range(1, max(MOST_SEEDS, len(cases)) + 1)],
    }


def _runs(board: Board) -> dict[tuple[str, str], dict[int, tuple[str, float]]]:
    """(label, case) -> seed -> status, and how far the cost is above the reference."""
    found: dict[tuple[str, str], dict[int, tuple[str, float]]] = {}
    column = "ratio" if board.relative else "gap"
    rows = board.traces[["label", "case", "seed", "status", column]].itertuples(index=False)
    for label, case, seed, status, value in rows:
        if seed == seed:
            above = float(value) - (1.0 if board.relative else 0.0)
            known = above if status == "ok" else math.nan
            found.setdefault((str(label), str(case)), {})[int(seed)] = (str(status), known)
    return found


def _seeds(runs: Mapping[tuple[str, str], Any], labels: Sequence[str], case: str) -> list[int]:
    """Of all solvers on a case, so that places in the lists of two solvers mean the same seed."""
    known = {seed for label in labels for seed in runs.get((label, case), ())}
    return sorted(known)[:MOST_SEEDS]


def _cell(board: Board, run: Any, i: int, j: int, seeds: Sequence[int]) -> list[Any] | None:
    if run is None:
        return None
    above = [_short(run[seed][1]) if seed in run else None for seed in seeds]
    statuses = [str(STATUSES.index(run[seed][0])) if seed in run else _ABSENT for seed in seeds]
    times = [_short(float(value)) for value in board.time_values[i][j][:MOST_PROCESSES]]
    return [above, "".join(statuses), times]


def _short(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _skips(board: Board, count: int) -> dict[str, int]:
    """For every two numbers of processes that occur; -1 where there are too few for an interval."""
    sizes = {
        min(len(times), MOST_PROCESSES)
        for row in board.time_values[:count]
        for times in row
        if len(times) and np.isfinite(times).all()
    }
    return {f"{n},{m}": _skip(n, m) for n in sorted(sizes) for m in sorted(sizes)}


def _skip(n: int, m: int) -> int:
    """Of two samples whose differences are 0, 1, ..., n m - 1 the end is the number below it."""
    low = intervals.shift(m * np.arange(n), -np.arange(m)).low
    return -1 if math.isnan(low) else int(low)


def _quantile(freedom: int) -> float:
    """Student's 97.5 % point, from the interval of values whose mean is 0 and whose error is 1."""
    count = freedom + 1
    values = np.arange(count) - freedom / 2
    return float(intervals.mean(values).high / values.std(ddof=1) * count**0.5)
