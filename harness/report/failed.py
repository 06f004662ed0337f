"""The runs that failed, those of one kind together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from harness.report import formats
from harness.report.board import MEANING, span
from harness.report.palette import Look
from harness.report.subjects import SolverFacts


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
    frame: pd.DataFrame,
    solvers: Mapping[str, SolverFacts],
    styles: Mapping[str, Look],
    most: int,
) -> tuple[list[Failure], int]:
    """What failed, those of one kind together, in the order of the board; and how many more."""
    failed = frame[frame["failed"] & frame["label"].isin(list(solvers))]
    if failed.empty:
        return [], 0
    same = failed.groupby(["label", "kind", "status", "message"], sort=False).ngroup()
    heads = failed[~same.duplicated()].assign(group=same)
    place = heads["label"].map({label: i for i, label in enumerate(styles)})
    heads = heads.assign(skipped=heads["status"].eq("skipped"), place=place)
    heads = heads.sort_values(["skipped", "place"], kind="stable")
    shown = heads.head(most)
    members = dict(list(failed.groupby(same[same.isin(shown["group"])])))
    found = []
    for head in shown.itertuples():
        group = members[head.group]
        label, status = str(head.label), str(head.status)
        cases = list(dict.fromkeys(group["case"]))
        seeds = sorted({int(seed) for seed in group["seed"].dropna()})
        where = formats.listed([str(case) for case in cases], 6)
        if head.kind == "trace" and seeds:
            where += f"; seed{'s' * (len(seeds) > 1)} {_runs_of(seeds)}"
        found.append(
            Failure(
                facts=solvers[label],
                look=styles[label],
                status=status,
                what="timing" if head.kind == "timing" else "traced run",
                message=str(head.message) or MEANING[status],
                where=where,
                count=len(group),
            )
        )
    return found, len(heads) - len(shown)


def _runs_of(numbers: list[int]) -> str:
    """`0–4, 7`."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(span(low, high) for low, high in parts)
