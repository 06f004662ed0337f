"""The rows of a page's tables: the leaderboard, every case, and the runs that failed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.record import STATUSES
from harness.report import formats
from harness.report.flagged import Badge, badge
from harness.report.palette import Look
from harness.report.subjects import ProblemFacts, SolverFacts
from harness.tables import cases as case_table

MEANING = {
    "ok": "ended in time with a valid answer",
    "timeout": "ran past its time limit",
    "memory": "used more memory than a run may use",
    "crashed": "its process died",
    "raised": "raised an exception",
    "invalid": "gave an answer that is none",
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
    times = ("seconds", "seconds_low", "seconds_high")
    time_ruler = Ruler([float(x) for name in times for x in board[name]], _log)
    form = formats.ratio if problem.relative else formats.gap
    rows = []
    for order, row in enumerate(board.itertuples(), 1):
        label = str(row.label)
        counts = {status: int(getattr(row, _column(status))) for status in STATUSES}
        rows.append(
            BoardRow(
                facts=solvers[label],
                look=styles[label],
                rank=str(row.rank) if counts["ok"] else formats.NONE,
                ranks=_span(int(row.rank_low), int(row.rank_high)) if counts["ok"] else "",
                order=order,
                score=_measured(row.score, row.score_low, row.score_high, form, score_ruler),
                time=_measured(
                    row.seconds, row.seconds_low, row.seconds_high, formats.seconds, time_ruler, "s"
                ),
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


def _column(status: str) -> str:
    return "out_of_memory" if status == "memory" else status


def _span(low: int, high: int) -> str:
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


def memory_cell(value: Any) -> Cell:
    """A number of bytes."""
    amount = float(value) if value is not None else math.nan
    if not math.isfinite(amount):
        return Cell(formats.NONE)
    return Cell(formats.size(amount), amount, f"{amount:.0f} bytes")


def _cell(value: Any, form: Callable[[float | None], str], unit: str = "") -> Cell:
    amount = float(value)
    if not math.isfinite(amount):
        return Cell(formats.NONE)
    return Cell(form(amount), amount, formats.exact(amount, unit))


@dataclass(frozen=True)
class CaseRow:
    """One solver on one case."""

    case: str
    facts: SolverFacts
    look: Look
    cost: Cell
    against: Cell
    time: Cell
    width: Cell
    traced: Cell
    cpu: Cell
    wall: Cell
    instructions: Cell
    memory: Cell
    ok: int
    runs: int
    best: bool
    message: str
    badge: Badge | None


def case_rows(
    frame: pd.DataFrame,
    problem: ProblemFacts,
    solvers: Mapping[str, SolverFacts],
    styles: Mapping[str, Look],
) -> list[CaseRow]:
    """Every case and solver, the solvers of a case in the order of the board."""
    table = case_table(frame, problem.name)
    order = {label: place for place, label in enumerate(styles)}
    cases = list(dict.fromkeys(table["case"]))
    table = table.assign(
        place=table["label"].map(order), position=table["case"].map(cases.index)
    ).sort_values(["position", "place"], kind="stable")
    column, form = ("ratio", formats.ratio) if problem.relative else ("gap", formats.gap)
    least = table.groupby("case")[column].min()
    rows = []
    for row in table.to_dict("records"):
        against = _cell(row[column], form)
        best = against.sort is not None and against.sort <= least[row["case"]] + 1e-12
        span = formats.interval(row["cost_min"], row["cost_max"], formats.number)
        time = _cell(row["seconds"], formats.seconds, "s")
        between = formats.interval(row["low"], row["high"], formats.seconds)
        cost = _cell(row["cost_mean"], formats.number)
        rows.append(
            CaseRow(
                case=row["case"],
                facts=solvers[row["label"]],
                look=styles[row["label"]],
                cost=Cell(cost.text, cost.sort, cost.title, span),
                against=against,
                time=Cell(time.text, time.sort, time.title, between),
                width=_width(row["precision"], row["why"]),
                traced=_cell(row["traced"], formats.seconds, "s"),
                cpu=_cell(row["cpu"], formats.seconds, "s"),
                wall=_cell(row["wall"], formats.seconds, "s"),
                instructions=_cell(row["instructions"], formats.tally),
                memory=memory_cell(row["memory"]),
                ok=int(row["ok"]),
                runs=int(row["runs"]),
                best=bool(best),
                message=row["message"],
                badge=badge(row["flags"]),
            )
        )
    return rows


def _width(precision: float, why: str) -> Cell:
    """How wide the interval of a time is, and why no more values were taken."""
    cell = _cell(precision, formats.percent)
    return Cell(cell.text, cell.sort, cell.title, formats.ended(why))


@dataclass(frozen=True)
class Failure:
    """Runs of one solver that ended badly in the same way."""

    facts: SolverFacts
    look: Look
    status: str
    what: str
    message: str
    where: str
    count: int


def failures(
    frame: pd.DataFrame, solvers: Mapping[str, SolverFacts], styles: Mapping[str, Look]
) -> list[Failure]:
    """What failed, those of one kind together, in the order of the board."""
    failed = frame[frame["failed"] & frame["label"].isin(list(solvers))]
    found = []
    same = ["label", "kind", "status", "message"]
    for (label, kind, status, message), group in failed.groupby(same, sort=False):
        cases = list(dict.fromkeys(group["case"]))
        seeds = sorted({int(seed) for seed in group["seed"].dropna()})
        where = formats.listed([str(case) for case in cases], 6)
        if kind == "trace" and seeds:
            where += f"; seed{'s' * (len(seeds) > 1)} {_runs_of(seeds)}"
        found.append(
            Failure(
                facts=solvers[label],
                look=styles[label],
                status=status,
                what="timing" if kind == "timing" else "traced run",
                message=message or MEANING[status],
                where=where,
                count=len(group),
            )
        )
    order = {label: place for place, label in enumerate(styles)}
    return sorted(found, key=lambda one: (one.status == "skipped", order[one.facts.label]))


def _runs_of(numbers: list[int]) -> str:
    """`0–4, 7`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(_span(low, high) for low, high in parts)


def verdict(rows: list[BoardRow], problem: ProblemFacts) -> str:
    """Who leads, by what, and from whom the leader can't be told apart."""
    good = [row for row in rows if row.ok]
    if not good:
        return "No solver gave a valid answer."
    leader = good[0]
    name, what = leader.facts.label, _achieved(leader, problem)
    if len(rows) == 1:
        return f"{name} is the only solver so far: {what}."
    if len(good) == 1:
        return f"{name} leads with {what}; nobody else gave a valid answer."
    rivals = [row.facts.label for row in good[1:] if row.rank == "1" or row.ranks.startswith("1–")]
    if rivals:
        return f"{name} leads with {what}; not to be told apart from {formats.listed(rivals)}."
    if leader.ranks == "1":
        return f"{name} leads with {what}; in 95 % of the bootstrap draws nobody else is first."
    return f"{name} leads with {what}; the bootstrap places it {leader.ranks}."


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
