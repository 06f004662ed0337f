"""What the records of a board tell of a solver on a case, or why they don't.

Failed runs stay among them: as infinitely dear, as infinitely slow, as runs without an answer; a
score is known of those alone that did not fail.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from harness.statistics.board import Board


class Missing(Exception):
    """What has not been run, a sentence."""


class Unmeasurable(Exception):
    """Why no run of what a claim names would tell its quantity, a sentence."""


def runs(board: Board, label: str, case: str) -> Any:
    """The traced runs of a solver on a case, which must be there."""
    chosen = board.traces[(board.traces["label"] == label) & (board.traces["case"] == case)]
    chosen = chosen[chosen["status"] != "skipped"]
    if chosen.empty:
        raise Missing(f"{label} was not run on {case}")
    return chosen


def answers(board: Board, label: str, case: str) -> dict[float, str]:
    """Seed -> digest of the answer; empty for a failed run."""
    rows = runs(board, label, case)
    if (rows["answer"].eq("") & ~rows["failed"]).any():
        raise Missing(f"records of {label} on {case} are too old to tell answers; use --again")
    return dict(zip(rows["seed"], rows["answer"].where(~rows["failed"], ""), strict=True))


def times(board: Board, label: str, case: str, clock: str) -> tuple[np.ndarray, bool]:
    """Seconds of each process or run, infinite for failures; whether a limit stands for some."""
    rows = runs(board, label, case)
    if clock == "timing":
        if label not in board.labels:
            raise Missing(f"{label} was not timed on {case}")
        values = board.time_values[board.labels.index(label)][board.cases.index(case)]
        if not len(values):
            raise Missing(f"{label} was not timed on {case}")
        return values, False
    found, limited = [], False
    for row in rows.itertuples():
        if row.status == "timeout":
            found.append(float(row.budget.get("timeout", math.inf)))
            limited = True
        else:
            found.append(math.inf if row.failed else float(row.seconds))
    return np.array(found), limited


def costs(board: Board, label: str, case: str) -> np.ndarray:
    """The costs of the runs on a case, infinite for failed ones."""
    rows = runs(board, label, case)
    found: np.ndarray = rows["cost"].mask(rows["failed"], math.inf).to_numpy(float)
    return found


def scores(board: Board, label: str, case: str, name: str) -> np.ndarray:
    """The scores of the runs on a case; failed runs have none."""
    if not name:
        return costs(board, label, case)
    rows = runs(board, label, case)
    told = [row.scores.get(name) for row in rows.itertuples() if not row.failed]
    found = np.array([math.nan if value is None else float(value) for value in told], float)
    if len(found) and np.isnan(found).any():
        raise Unmeasurable(f"{label} on {case} has no score {name!r}")
    return found


def log_scores(board: Board, label: str, case: str, name: str) -> np.ndarray:
    """Logarithms of the scores; `Unmeasurable` where one is not positive."""
    found = scores(board, label, case, name)
    if len(found) and found.min() <= 0:
        what = name or "the cost"
        raise Unmeasurable(f"{what} of {label} on {case} is zero or less, and has no logarithm")
    logs: np.ndarray = np.log(found)
    return logs
