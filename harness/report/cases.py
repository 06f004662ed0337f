"""The tables of cases: every solver on every case, and each case over all solvers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.report import formats
from harness.report.board import Cell, memory_cell, number_cell
from harness.report.flagged import Badge, badge
from harness.report.palette import Look
from harness.report.subjects import ProblemFacts, SolverFacts
from harness.tables import cases as cases_of

NEAR = 0.01  # of the best cost: what counts as good


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
    table: pd.DataFrame,
    problem: ProblemFacts,
    solvers: Mapping[str, SolverFacts],
    styles: Mapping[str, Look],
    most: int,
) -> list[CaseRow]:
    """The first `most` rows of a table of `case_table`."""
    column, form = ("ratio", formats.ratio) if problem.relative else ("gap", formats.gap)
    rows = []
    for row in table.head(most).to_dict("records"):
        span = formats.interval(row["cost_min"], row["cost_max"], formats.number)
        time = number_cell(row["seconds"], formats.seconds, "s")
        between = formats.interval(row["low"], row["high"], formats.seconds)
        cost = number_cell(row["cost_mean"], formats.number)
        rows.append(
            CaseRow(
                case=row["case"],
                facts=solvers[row["label"]],
                look=styles[row["label"]],
                cost=Cell(cost.text, cost.sort, cost.title, span),
                against=number_cell(row[column], form),
                time=Cell(time.text, time.sort, time.title, between),
                width=_width(row["precision"], row["why"]),
                traced=number_cell(row["traced"], formats.seconds, "s"),
                cpu=number_cell(row["cpu"], formats.seconds, "s"),
                wall=number_cell(row["wall"], formats.seconds, "s"),
                instructions=number_cell(row["instructions"], formats.tally),
                memory=memory_cell(row["memory"]),
                ok=int(row["ok"]),
                runs=int(row["runs"]),
                best=bool(row["is_best"]),
                message=row["message"],
                badge=badge(row["flags"]),
            )
        )
    return rows


def case_table(frame: pd.DataFrame, problem: ProblemFacts, labels: Sequence[str]) -> pd.DataFrame:
    """`tables.cases`, the solvers of a case in the order of the board.

    Adds `is_best`, whether nobody is better there, and `is_good`, whether it is within `NEAR` of
    the best (where costs are compared as differences: whether it is the best).
    """
    table = cases_of(frame, problem.name)
    table = table[table["label"].isin(list(labels))]
    places = {label: place for place, label in enumerate(labels)}
    numbers = {case: number for number, case in enumerate(dict.fromkeys(table["case"]))}
    table = table.assign(
        place=table["label"].map(places), position=table["case"].map(numbers)
    ).sort_values(["position", "place"], kind="stable")
    value = table["ratio" if problem.relative else "gap"]
    least = value.groupby(table["case"]).transform("min")
    near = least + (NEAR if problem.relative else 0.0) + 1e-12
    table = table.assign(is_best=value.le(least + 1e-12), is_good=value.le(near))
    return table.drop(columns=["place", "position"])


@dataclass(frozen=True)
class CaseSummary:
    """One case over all solvers: its sizes, who is best on it, who is fastest, what failed."""

    case: str
    sizes: str
    best: Cell
    exact: bool
    leaders: tuple[str, ...]
    leaders_more: int
    fastest: str
    time: Cell
    runs: int
    ok: int


_LEADERS = 2  # names on one line


def case_summaries(
    table: pd.DataFrame, traces: pd.DataFrame, problem: ProblemFacts, most: int
) -> list[CaseSummary]:
    """One row for each of the first `most` cases of a table of `case_table`.

    The fastest is sought among the good: where cost ranks, any answer at once is the fastest.
    """
    by_time = problem.rank_by == "time"
    first = traces.drop_duplicates("case").set_index("case")
    found: list[CaseSummary] = []
    for case, group in table.groupby("case", sort=False):
        if len(found) == most:
            break
        leaders = [str(label) for label in group["label"][group["is_best"]]]
        timed = group[group["seconds"].notna() & (group["is_good"] | by_time)]
        quickest = timed.loc[timed["seconds"].idxmin()] if len(timed) else None
        seconds = math.nan if quickest is None else quickest["seconds"]
        facts = first.loc[case]
        found.append(
            CaseSummary(
                case=str(case),
                sizes=_sizes(facts["sizes"]),
                best=number_cell(group["best"].iloc[0], formats.number),
                exact=bool(facts["optimum"] == facts["optimum"]),
                leaders=tuple(leaders[:_LEADERS]),
                leaders_more=max(0, len(leaders) - _LEADERS),
                fastest="" if quickest is None else str(quickest["label"]),
                time=number_cell(seconds, formats.seconds, "s"),
                runs=int(group["runs"].sum()),
                ok=int(group["ok"].sum()),
            )
        )
    return found


def _sizes(sizes: Any) -> str:
    """`n 1 797, k 10`."""
    if not isinstance(sizes, dict):
        return ""
    return ", ".join(f"{name} {formats.whole(value)}" for name, value in list(sizes.items())[:4])


def _width(precision: float, why: str) -> Cell:
    """How wide the interval of a time is, and why no more values were taken."""
    cell = number_cell(precision, formats.percent)
    return Cell(cell.text, cell.sort, cell.title, formats.ended(why))
