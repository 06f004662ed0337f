"""The rows of the leaderboard, the cells of all tables, and who leads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from harness.record import STATUSES
from harness.report import formats
from harness.report.flagged import Badge
from harness.report.palette import Look
from harness.report.subjects import ProblemFacts, SolverFacts

_SPACE = "\N{NO-BREAK SPACE}"  # before a unit
MEANING = {
    "ok": "ended in time with a valid answer",
    "timeout": "ran past its time limit",
    "memory": "used more memory than a run may use",
    "crashed": "its process died",
    "raised": "raised an exception",
    "invalid": "gave an answer that is none",
    "unsupported": "the solver says that the case is beyond it; counts as a failure",
    "skipped": "could not be run",
}


@dataclass(frozen=True)
class Whisker:
    """An interval and its middle in percent of the cell's width."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Cell:
    """A number in a table: as text, as it is sorted (None goes last), and all its digits."""

    text: str
    sort: float | None = None
    title: str = ""
    interval: str = ""
    whisker: Whisker | None = None


class Ruler:
    """Where numbers lie between the least and the greatest of a column, in percent."""

    def __init__(self, values: Iterable[float], bend: Callable[[float], float]) -> None:
        self._bend = bend
        bent = [bend(value) for value in values if math.isfinite(value)]
        bent = [value for value in bent if math.isfinite(value)]
        self._low, self._high = (min(bent), max(bent)) if bent else (0.0, 0.0)

    def place(self, value: float) -> float:
        width = self._high - self._low
        bent = self._bend(value)
        if width <= 0 or not math.isfinite(bent):
            return 0.0
        return round(100 * min(1.0, max(0.0, (bent - self._low) / width)), 2)

    def whisker(self, low: float, middle: float, high: float) -> Whisker | None:
        if not math.isfinite(middle):
            return None
        low, high = (low, high) if math.isfinite(low + high) else (middle, middle)
        return Whisker(self.place(low), self.place(middle), self.place(high))


def _log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def excess_bend(scores: Iterable[float], best: float) -> Callable[[float], float]:
    """Spreads what lies just above `best` and still has room for what is far off."""
    above = sorted(score - best for score in scores if math.isfinite(score) and score > best)
    unit = max(above[len(above) // 4], 1e-9) if above else 1.0
    return lambda value: math.asinh((value - best) / unit)


@dataclass(frozen=True)
class BoardRow:
    """One solver on the leaderboard."""

    facts: SolverFacts
    look: Look
    rank: str
    ranks: str
    order: int
    tied: bool  # can't be told apart from the first, and is not alone in that
    partial: bool  # was not run, or not timed, on every case that counts
    score: Cell
    time: Cell
    memory: Cell
    statuses: tuple[tuple[str, int], ...]
    runs: int
    ok: int
    cases: int
    timed: int
    badge: Badge | None


def board_rows(
    board: pd.DataFrame,
    problem: ProblemFacts,
    solvers: Mapping[str, SolverFacts],
    styles: Mapping[str, Look],
    badges: Mapping[str, Badge],
) -> list[BoardRow]:
    """The leaderboard, best first."""
    best = 1.0 if problem.relative else 0.0
    names = ("score", "score_low", "score_high")
    scores = [float(x) for name in names for x in board[name]]
    middles = [float(x) for x in board["score"]]
    score_ruler = Ruler([best, *scores], excess_bend(middles, best))
    spans = zip(board["seconds_low"], board["seconds_high"], strict=True)
    ends = [float(end) for span in spans if not formats.vague(*span) for end in span]
    time_ruler = Ruler([*map(float, board["seconds"]), *ends], _log)
    form = formats.ratio if problem.relative else formats.gap
    ties = _ties(board)
    rows = []
    for order, row in enumerate(board.itertuples(), 1):
        label = str(row.label)
        counts = {status: int(getattr(row, _column(status))) for status in STATUSES}
        rows.append(
            BoardRow(
                facts=solvers[label],
                look=styles[label],
                rank=str(row.rank) if counts["ok"] else formats.NONE,
                ranks=span(int(row.rank_low), int(row.rank_high)) if counts["ok"] else "",
                order=order,
                tied=ties and int(row.group) == 1 and counts["ok"] > 0,
                partial=bool(row.partial),
                score=_measured(row.score, row.score_low, row.score_high, form, score_ruler),
                time=_timed(row, time_ruler),
                memory=memory_cell(row.memory),
                statuses=tuple((status, many) for status, many in counts.items() if many),
                runs=int(row.runs),
                ok=counts["ok"],
                cases=int(row.cases),
                timed=int(row.timed),
                badge=badges.get(label),
            )
        )
    return rows


def span_of(low: str, high: str) -> str:
    """`2.8–36 ms`, `−4.6 to −2.7 %`, an end of which may be `∞`; empty where both look the same."""
    begin, _, unit = low.partition(_SPACE)
    first = begin if unit and high.endswith(_SPACE + unit) else low
    if low == high:
        return ""
    return f"{first} to {high}" if "-" in first + high or "−" in first + high else f"{first}–{high}"


def _ties(board: pd.DataFrame) -> bool:
    """Whether more than one solver may be the first."""
    return int(((board["group"] == 1) & (board["ok"] > 0)).sum()) > 1


def _column(status: str) -> str:
    return "out_of_memory" if status == "memory" else status


def span(low: int, high: int) -> str:
    """`2–5`, or one number."""
    return str(low) if low == high else f"{low}–{high}"


def _measured(
    middle: Any,
    low: Any,
    high: Any,
    form: Callable[[float | None], str],
    ruler: Ruler,
    unit: str = "",
) -> Cell:
    value, first, last = float(middle), float(low), float(high)
    if not math.isfinite(value):
        return Cell(formats.NONE)
    title = formats.exact(value, unit)
    if math.isfinite(first + last):
        title += f" ({formats.exact(first)} to {formats.exact(last, unit)})"
    span = formats.interval(first, last, form)
    return Cell(form(value), value, title, span, ruler.whisker(first, value, last))


def _timed(row: Any, ruler: Ruler) -> Cell:
    ends = (row.seconds_low, row.seconds_high)
    cell = _measured(row.seconds, *ends, formats.seconds, ruler, "s")
    if not formats.vague(*ends):
        return cell
    alone = ruler.whisker(math.nan, float(row.seconds), math.nan)
    return replace(cell, interval=formats.VAGUE, whisker=alone)


def memory_cell(value: Any) -> Cell:
    """A number of bytes."""
    amount = float(value) if value is not None else math.nan
    if not math.isfinite(amount):
        return Cell(formats.NONE)
    return Cell(formats.size(amount), amount, f"{amount:.0f} bytes")


def number_cell(value: Any, form: Callable[[float | None], str], unit: str = "") -> Cell:
    """A number without an interval."""
    amount = float(value)
    if not math.isfinite(amount):
        return Cell(formats.NONE)
    return Cell(form(amount), amount, formats.exact(amount, unit))


def verdict(rows: list[BoardRow], problem: ProblemFacts) -> str:
    """Who leads, by what, and from whom the leader can't be told apart."""
    return _verdict(rows, problem).replace(" %", f"{_SPACE}%")


def _verdict(rows: list[BoardRow], problem: ProblemFacts) -> str:
    good = [row for row in rows if row.ok]
    if not good:
        return "No solver gave a valid answer."
    leader = good[0]
    if problem.rank_by == "time" and len(good) > 1 and all(row.time.sort is None for row in good):
        many = f"All {len(rows)}" if len(good) == len(rows) else f"{len(good)} of {len(rows)}"
        return f"{many} solvers gave valid answers; nobody leads, as no timings were taken."
    name, what = leader.facts.label, _achieved(leader, problem)
    if len(rows) == 1:
        return f"{name} is the only solver so far: {what}."
    if len(good) == 1:
        return f"{name} leads with {what}; nobody else gave a valid answer."
    rivals = [row.facts.label for row in good[1:] if row.tied]
    if rivals:
        return f"{name} leads with {what}; not to be told apart from {formats.listed(rivals)}."
    placed = f"; the bootstrap places it {leader.ranks}" if leader.ranks != "1" else ""
    return f"{name} leads with {what}; all others are worse, at the 5 % level{placed}."


def _achieved(row: BoardRow, problem: ProblemFacts) -> str:
    cell = row.time if problem.rank_by == "time" else row.score
    if cell.sort is None:
        return "no time" if problem.rank_by == "time" else "no cost to compare"
    span = f" (95 % interval {cell.interval})" if cell.interval else ""
    if problem.rank_by == "time":
        return f"{cell.text} a solve{span}"
    if not problem.relative and cell.sort == 0:
        return "the best known cost on every case"
    if problem.relative:
        return f"{cell.text} × the best known cost{span}"
    return f"a mean cost of {cell.text} above the best known{span}"
