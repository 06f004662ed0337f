"""The leaderboard: who reaches the best costs, with intervals and the uncertainty of the rank.

A solver's score is the geometric mean over cases of cost / best known (the mean of cost - best
where costs may be zero or negative), each case being the mean over its seeds. A failed run counts
as worse than any answer: solvers are ordered by their share of failed runs first, then by the
score of the others.
Where a problem ranks by time, the score is the geometric mean of the time against the fastest on
each case. Intervals are two-stage bootstrap percentiles: cases with replacement (the same for all
solvers), then seeds within each case. With few cases they are too narrow (with 8 cases, 95 %
intervals cover about 92 %); with one case they speak of its seeds only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from harness.tables import of_kind, status_counts

DRAWS = 1000


@dataclass(frozen=True)
class Rules:
    """How a problem is ranked; taken from its class.

    Attributes:
        compare: "ratio" or "difference".
        rank_by: "cost" or "time".
    """

    compare: str = "ratio"
    rank_by: str = "cost"


@np.errstate(all="ignore")  # log of a zero cost, or of costs that nobody can mean
def leaderboard(
    frame: pd.DataFrame, problem: str, rules: Rules, draws: int = DRAWS, seed: int = 0
) -> pd.DataFrame:
    """One row per solver, best first.

    Args:
        frame: as `tables.current` returns it.
        problem: whose board.
        rules: how it is ranked.
        draws: bootstrap draws.
        seed: of the bootstrap.

    Returns:
        a frame with the columns rank, rank_low, rank_high, label, solver, role, score, score_low,
        score_high (cost against the best known: a ratio, or a difference), seconds, seconds_low,
        seconds_high (geometric mean over timed cases of pyperf's median), timed, cases, memory
        (largest, bytes), runs and a column per status.
    """
    traces, timings = of_kind(frame, "trace", problem), of_kind(frame, "timing", problem)
    # The bootstrap's draws must not hang on the order in which runs were made.
    traces = traces.sort_values(["label", "case", "instance", "seed"], kind="stable")
    labels = list(dict.fromkeys(traces["label"]))
    names = list(dict.fromkeys(traces["case"]))
    if not labels:
        return pd.DataFrame(columns=_COLUMNS)
    rng = np.random.default_rng(seed)
    ratio = rules.compare == "ratio"
    good = traces[~traces["failed"]]
    values = _cells(good, labels, names, "ratio" if ratio else "gap", log=ratio)
    failures = _cells(traces.assign(lost=traces["failed"].astype(float)), labels, names, "lost")
    times = _time_cells(timings, labels, names)

    picks = rng.integers(len(names), size=(draws, len(names)))
    score, score_draws = _scores(values, picks, rng)
    lost, lost_draws = _scores(failures, picks, rng)
    seconds, seconds_draws = _scores(times, picks, rng)
    if rules.rank_by == "time":
        middle = _middle(times)
        relative = middle - np.nanmin(middle, axis=0, initial=np.inf)
        key, key_draws = _scores([[np.array([x]) for x in row] for row in relative], picks, rng)
    else:
        key, key_draws = score, score_draws

    ranks = _ranks(lost, key)
    rank_draws = np.stack([_ranks(lost_draws[d], key_draws[d]) for d in range(draws)])
    rank_low, rank_high = np.quantile(rank_draws, [0.025, 0.975], axis=0, method="nearest")
    counts = status_counts(traces).rename(columns={"memory": "out_of_memory"})
    board = pd.DataFrame(
        {
            "rank": ranks,
            # Few draws may reach the rank that all cases together give.
            "rank_low": np.minimum(ranks, rank_low.astype(int)),
            "rank_high": np.maximum(ranks, rank_high.astype(int)),
            "label": labels,
        }
    )
    first = traces.drop_duplicates("label").set_index("label")
    board["solver"] = board["label"].map(first["solver"])
    board["role"] = board["label"].map(first["role"])
    for name, point, spread, exp in (
        ("score", score, score_draws, ratio),
        ("seconds", seconds, seconds_draws, True),
    ):
        low, high = _interval(spread)
        for suffix, column in (("", point), ("_low", low), ("_high", high)):
            board[name + suffix] = np.exp(column) if exp else column
    board["timed"] = [sum(len(cell) > 0 for cell in row) for row in times]
    grouped = traces.groupby("label")
    board["cases"] = board["label"].map(grouped["case"].nunique())
    board["memory"] = board["label"].map(grouped["memory"].max())
    board["runs"] = board["label"].map(grouped.size())
    board = board.join(counts, on="label")
    return board.sort_values(["rank", "label"], kind="stable")[_COLUMNS].reset_index(drop=True)


_COLUMNS = [
    *"rank rank_low rank_high label solver role score score_low score_high".split(),
    *"seconds seconds_low seconds_high timed cases memory runs".split(),
    *"ok timeout out_of_memory crashed raised invalid skipped".split(),
]


def _cells(
    traces: pd.DataFrame, labels: list[str], names: list[str], column: str, log: bool = False
) -> list[list[np.ndarray]]:
    """label x case -> the values over seeds (empty where the solver has none there)."""
    groups = {
        key: group.dropna().to_numpy(float)
        for key, group in traces.groupby(["label", "case"])[column]
    }
    empty = np.empty(0)
    cells = [[groups.get((label, case), empty) for case in names] for label in labels]
    if log:
        cells = [[np.log(cell) for cell in row] for row in cells]
    return cells


def _time_cells(
    timings: pd.DataFrame, labels: list[str], names: list[str]
) -> list[list[np.ndarray]]:
    """label x case -> logarithms of pyperf's values."""
    good = timings[timings["status"] == "ok"]
    groups = {
        (row.label, row.case): np.log(np.asarray(row.values, float)) for row in good.itertuples()
    }
    empty = np.empty(0)
    return [[groups.get((label, case), empty) for case in names] for label in labels]


def _middle(cells: list[list[np.ndarray]]) -> np.ndarray:
    return np.array([[np.median(c) if len(c) else np.nan for c in row] for row in cells])


def _scores(
    cells: list[list[np.ndarray]], picks: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The mean over cases of the mean over seeds per label, and its bootstrap draws.

    Returns:
        arrays of shape (labels,) and (draws, labels).
    """
    draws = len(picks)
    point = np.full(len(cells), np.nan)
    spread = np.full((draws, len(cells)), np.nan)
    for i, row in enumerate(cells):
        means = np.array([cell.mean() if len(cell) else np.nan for cell in row])
        chosen = np.full(picks.shape, np.nan)
        for j, cell in enumerate(row):
            if len(cell):
                drawn = picks == j  # a case drawn twice has its seeds drawn twice
                index = rng.integers(len(cell), size=(np.count_nonzero(drawn), len(cell)))
                chosen[drawn] = cell[index].mean(axis=1)
        if not np.isnan(means).all():
            point[i] = np.nanmean(means)
            present = ~np.isnan(chosen)
            count = present.sum(axis=1)
            total = np.where(present, chosen, 0.0).sum(axis=1)
            spread[:, i] = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return point, spread


def _interval(spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.full(spread.shape[1], np.nan), np.full(spread.shape[1], np.nan)
    for i in range(spread.shape[1]):
        known = spread[~np.isnan(spread[:, i]), i]
        if len(known):
            low[i], high[i] = np.quantile(known, [0.025, 0.975], method="nearest")
    return low, high


def _ranks(lost: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Competition ranks by failures, then by key; equal to 12 digits is a tie; NaN is last."""
    lost = np.where(np.isnan(lost), 0.0, lost)
    rounded = np.where(np.isnan(key), np.inf, np.round(key, 12))
    lost = np.round(lost, 12)
    order = np.lexsort((rounded, lost))
    new = (np.diff(lost[order]) != 0) | (rounded[order][1:] != rounded[order][:-1])
    places = np.maximum.accumulate(np.where(np.r_[True, new], np.arange(len(order)), 0)) + 1
    ranks = np.empty(len(order), int)
    ranks[order] = places
    return ranks
