"""The warnings that rows carry, as badges beside them and as a list of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.record import FLAGS
from harness.report import formats
from harness.report.palette import Look
from harness.report.plain import plain
from harness.report.subjects import SolverFacts
from harness.tables import flags

_NAME = 24  # characters of a flag's name
_ROWS = {"timing": "timing", "trace": "traced run"}


@dataclass(frozen=True)
class Badge:
    """A small mark that leads to the list of warnings: its text, and the sentence in full."""

    text: str
    title: str


@dataclass(frozen=True)
class Warned:
    """One kind of flag on the rows of one solver; `first` is whether the solver's list begins."""

    facts: SolverFacts
    look: Look
    flag: str
    where: str
    share: float
    means: str
    example: str
    first: bool


def badge(found: list[dict[str, Any]]) -> Badge | None:
    """The badge for flags as `tables.flag_counts` gives them; None where there is none."""
    if not found:
        return None
    one = plain(found[0]["flag"], _NAME)
    text = one if len(found) == 1 else formats.count(len(found), "warning")
    return Badge(text, "; ".join(f"{one['flag']}: {one['example']}" for one in found[:8]))


def warned(
    frame: pd.DataFrame,
    problem: str,
    solvers: Mapping[str, SolverFacts],
    styles: Mapping[str, Look],
) -> list[Warned]:
    """What each solver's rows are flagged with, in the order of the board."""
    table = flags(frame, problem)
    found = []
    for label in styles:
        for number, row in enumerate(table[table["label"] == label].to_dict("records")):
            what = formats.count(row["of"], _ROWS.get(row["kind"], "row"))
            found.append(
                Warned(
                    facts=solvers[label],
                    look=styles[label],
                    flag=plain(row["flag"], _NAME),
                    where=f"{formats.thousands(row['rows'])} of {what}",
                    share=row["rows"] / row["of"],
                    means=FLAGS.get(row["flag"], ""),
                    example=row["example"] or row["flag"],
                    first=number == 0,
                )
            )
    return found


def badges(found: list[Warned]) -> dict[str, Badge]:
    """Label -> the badge on the leaderboard."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for one in found:
        said = {"flag": one.flag, "example": f"on {one.where}, {one.means or one.example}"}
        rows.setdefault(one.facts.label, []).append(said)
    return {label: made for label, told in rows.items() if (made := badge(told))}
