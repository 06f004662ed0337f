"""The table of cases: what each solver did on each case, over its seeds.

All is worked out for whole columns at once: a board of a hundred cases and fifty solvers has
thousands of cells, and a step of pandas for each takes longer than all the rest of a page.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

COLUMNS = [
    *"case label role runs ok best cost_mean cost_min cost_max ratio gap seconds low high".split(),
    *"precision why traced cpu wall instructions memory flags message".split(),
]
_CELL = ["case", "label"]


def case_table(traces: pd.DataFrame, timings: pd.DataFrame) -> pd.DataFrame:
    """One row per case and solver that has traced runs, in the order in which they come.

    Args:
        traces, timings: of one problem, as `harness.tables.current` gives them.

    Returns:
        the columns that `harness.tables.cases` tells of; `flags` holds the lists of flags of the
        runs and of the timing, as they are.
    """
    table = traces.drop_duplicates(_CELL)[[*_CELL, "role", "best"]].reset_index(drop=True)
    number = traces.groupby(_CELL, sort=False).ngroup().to_numpy(int)  # row of the table
    failed = traces["failed"].to_numpy(bool)
    table["runs"] = np.bincount(number, minlength=len(table))
    table["ok"] = np.bincount(number[~failed], minlength=len(table))
    table["memory"] = traces["memory"].groupby(number).max()
    _add_figures(table, traces, number, failed)

    timed = timings.drop_duplicates(_CELL, keep="last")
    cells = pd.MultiIndex.from_frame(table[_CELL])
    at = pd.MultiIndex.from_frame(timed[_CELL]).get_indexer(cells)
    _add_timings(table, timed, at)
    _add_words(table, traces, number, timed, at)
    return table[COLUMNS]


def _add_figures(
    table: pd.DataFrame, traces: pd.DataFrame, number: np.ndarray, failed: np.ndarray
) -> None:
    """Add what the runs that did not fail reached, and what they took."""
    names = ["cost", "ratio", "gap", "seconds", "cpu", "wall", "instructions"]
    good = traces[names].mask(np.repeat(failed[:, None], len(names), axis=1)).groupby(number)
    for name, wanted in (("cost_mean", "cost"), ("ratio", "ratio"), ("gap", "gap")):
        table[name] = good[wanted].mean()
    table["cost_min"], table["cost_max"] = good["cost"].min(), good["cost"].max()
    for name, wanted in (("traced", "seconds"), *((same, same) for same in names[4:])):
        table[name] = good[wanted].median()


def _add_timings(table: pd.DataFrame, timed: pd.DataFrame, at: np.ndarray) -> None:
    """Add pyperf's figures; `at` is the place of each row's timing, -1 where there is none."""
    values = timed["values"].tolist()
    lengths = np.array([len(one) for one in values], int)
    low, high = _ends(values, lengths)
    columns = {
        "seconds": np.where(lengths > 0, timed["seconds"], np.nan),
        "low": low,
        "high": high,
        "precision": timed["precision"],
    }
    for name, column in columns.items():
        table[name] = np.append(column, np.nan)[at]


def _ends(values: list[np.ndarray], lengths: np.ndarray) -> np.ndarray:
    """The 2.5 and 97.5 % points of each, float[2, timings]; NaN of those that are empty."""
    ends = np.full((2, len(values)), np.nan)
    for length in np.unique(lengths[lengths > 0]):
        places = np.flatnonzero(lengths == length)
        together = np.array([values[place] for place in places], float)
        ends[:, places] = np.quantile(together, [0.025, 0.975], axis=1)
    return ends


def _add_words(
    table: pd.DataFrame, traces: pd.DataFrame, number: np.ndarray, timed: pd.DataFrame, at: Any
) -> None:
    """Add why a timing ended, the flags of all, and the message of a failure: a run's first."""
    why, messages = [""] * len(table), [""] * len(table)
    told: list[list[list[str]]] = [[] for _ in why]
    for row, flags in zip(number.tolist(), traces["flags"], strict=True):
        if flags:
            told[row].append(flags)
    columns = [timed[name].tolist() for name in ("why", "flags", "status", "message")]
    timing = list(zip(*columns, strict=True))
    for row, place in enumerate(at.tolist()):
        if place >= 0:
            why[row], flags, status, message = timing[place]
            told[row].append(flags)
            messages[row] = "" if status == "ok" else f"timing {status}: {message}"
    first = ~pd.Series(number[traces["failed"]]).duplicated().to_numpy()
    lost = traces[traces["failed"]][first]
    for row, status, message in zip(
        number[traces["failed"]][first], lost["status"], lost["message"], strict=True
    ):
        messages[row] = f"{status}: {message}"
    table["why"], table["message"], table["flags"] = why, messages, told
