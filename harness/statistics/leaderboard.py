"""The leaderboard: who reaches the best costs, with intervals and the uncertainty of the rank.

A solver's score is the geometric mean over cases of cost / best known (the mean of cost - best
where costs may be zero or negative), each case being the mean over its seeds. A failed run counts
as worse than any answer: solvers are ordered by their share of failed runs first, then by the
score of the others. Where a problem ranks by time, the score's place in that order is taken by
the geometric mean of the time against the fastest on each case.

All are ranked on the same cases: those that at least half of the solvers were run on, so that
neither a rarely run case nor a solver that was run on little decides. On such a case a solver that
was not run counts as failed, and one that was not timed as slower than any: nobody gains by leaving
out what is hard. Such a solver is marked as partial; its score is of the cases that it did answer,
and can't be compared with those of others.

Intervals of score and time are Student's t over cases, which holds its level with few cases, where
a bootstrap does not (of 95 % intervals it covered 88 to 92 % with 8 cases, measured by simulation).
Where most cases are solved and a few are far off, t too covers less: 90 % with 8 cases, 93 % with
25. They speak of further cases of the same kinds; with one case, of further seeds on it.

Ranks are drawn anew with cases drawn with replacement, then seeds within each case, the same seeds
for all solvers, as equal seeds are equal starts. Their percentiles are widened for few cases as
Student's t is against the normal law (Hesterberg 2015, expanded percentiles).

Solvers that can't be told apart from the first of their group share a group: a solver begins the
next one where it is worse than the first by a one-sided t test on the differences per case, at
5 % shared out over all that come after the first (Hsu 1984, comparisons with the best). So the
solver that is truly best is in the first group with a certainty of 95 %, however often the first
place was won by luck. Two solvers of one group may well differ from each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from harness.statistics._ranking import Runs, Standing, grouped, ranked, student
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
        a frame with the columns rank, rank_low, rank_high, group (1 for those that can't be told
        apart from the first), label, solver, role, score, score_low, score_high (cost against the
        best known: a ratio, or a difference), seconds, seconds_low, seconds_high (geometric mean
        over timed cases of pyperf's median), timed, cases (of those that count), partial (whether
        it was not run, or where time ranks not timed, on a case that counts), memory (largest,
        bytes), runs and a column per status. Ends of an interval are NaN where there is but one
        value.
    """
    traces, timings = of_kind(frame, "trace", problem), of_kind(frame, "timing", problem)
    if not len(traces):
        return pd.DataFrame(columns=_COLUMNS)
    ratio, by_time = rules.compare == "ratio", rules.rank_by == "time"
    standing, times, rounds = standing_of(traces, timings, rules)
    runs = standing.runs
    means, lost = runs.means(), runs.lost()
    key, untimed = means, np.zeros(len(runs.labels))
    if standing.fixed is not None:
        key, counts = standing.fixed, ~np.isnan(standing.fixed)
        untimed = 1.0 - counts[:, counts.any(axis=0)].mean(axis=1) if counts.any() else untimed

    score, point = _row_means(means), _row_means(key)
    ranks = ranked(np.stack([lost.mean(axis=1), untimed, point]))
    rng = np.random.default_rng(seed)
    low, high = standing.spread(standing.draws(rng, draws))
    alone = runs.one_case_values()
    board = pd.DataFrame(
        {
            "rank": ranks,
            # Few draws may reach the rank that all cases together give.
            "rank_low": np.minimum(ranks, low),
            "rank_high": np.maximum(ranks, high),
            "label": runs.labels,
        }
    )
    order = np.lexsort((np.arange(len(ranks)), ranks))
    barred = np.stack([runs.untried.sum(axis=1), untimed, np.isnan(score) & np.isnan(point)])
    losses = runs.lost(with_untried=False)
    if alone is not None:  # seeds, or rounds of timing, in the place of cases
        key, losses = (rounds if by_time else alone[0]), alone[1]
    board["group"] = grouped(order, barred, losses, key)
    first = traces.drop_duplicates("label").set_index("label")
    board["solver"] = board["label"].map(first["solver"])
    board["role"] = board["label"].map(first["role"])
    low, high = student(means if alone is None else alone[0])
    # Nothing is better than the reference, so that no end of an interval is.
    _write(board, "score", (score, np.maximum(low, np.minimum(score, 0.0)), high), ratio)
    low, high = student(times if alone is None else rounds)
    _write(board, "seconds", (_row_means(times), low, high), True)
    board["timed"] = (~np.isnan(times)).sum(axis=1)
    board["cases"] = (~runs.untried).sum(axis=1)
    board["partial"] = runs.untried.any(axis=1) | (untimed > 0)
    grouping = traces.groupby("label")
    board["memory"] = board["label"].map(grouping["memory"].max())
    board["runs"] = board["label"].map(grouping.size())
    counted = status_counts(traces).rename(columns={"memory": "out_of_memory"})
    board = board.join(counted, on="label")
    return board.sort_values(["rank", "label"], kind="stable")[_COLUMNS].reset_index(drop=True)


def standing_of(
    traces: pd.DataFrame, timings: pd.DataFrame, rules: Rules
) -> tuple[Standing, np.ndarray, np.ndarray]:
    """What ranks are made of; and logarithms of times, float[labels, cases], and of the rounds of
    the first case, float[labels, rounds], NaN where not timed."""
    ratio = rules.compare == "ratio"
    with np.errstate(all="ignore"):
        value = traces["ratio" if ratio else "gap"].to_numpy(float)
        runs = Runs.of(traces, np.log(value) if ratio else value)
    times, rounds = _times(timings, runs)
    fixed = None
    if rules.rank_by == "time":
        timed = ~np.isnan(times)
        least = np.min(times, axis=0, where=timed, initial=np.inf)
        # What few were timed on does not count.
        fixed = np.where(timed & (timed.mean(axis=0) >= 0.5), times - least, np.nan)
    return Standing(runs, fixed), times, rounds


_COLUMNS = [
    *"rank rank_low rank_high group label solver role score score_low score_high".split(),
    *"seconds seconds_low seconds_high timed cases partial memory runs".split(),
    *"ok timeout out_of_memory crashed raised invalid unsupported skipped".split(),
]


def _row_means(values: np.ndarray) -> np.ndarray:
    """The mean of each row's known values; NaN where there are none."""
    count = (~np.isnan(values)).sum(axis=1)
    total = np.where(np.isnan(values), 0.0, values).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _write(
    board: pd.DataFrame, name: str, columns: tuple[np.ndarray, ...], logarithms: bool
) -> None:
    for suffix, column in zip(("", "_low", "_high"), columns, strict=True):
        board[name + suffix] = np.exp(column) if logarithms else column


def _times(timings: pd.DataFrame, runs: Runs) -> tuple[np.ndarray, np.ndarray]:
    """float[labels, cases], logarithms of pyperf's medians on the cases that count; and
    float[labels, rounds], those of each worker process on the first case, for where there is no
    other. NaN where not timed."""
    good = timings[(timings["status"] == "ok") & (timings["values"].map(len) > 0)]
    rows = pd.Index(runs.labels).get_indexer(good["label"])
    columns = pd.Index(runs.cases).get_indexer(good["case"])
    times = np.full((len(runs.labels), len(runs.cases)), np.nan)
    found: dict[int, np.ndarray] = {}
    for row, column, values, processes in zip(
        rows, columns, good["values"], good["processes"], strict=True
    ):
        if row < 0 or column < 0:
            continue
        taken = np.log(np.asarray(values, float))
        times[row, column] = np.median(taken)
        if column == 0:
            split = processes >= 1 and len(taken) % processes == 0
            found[row] = np.median(taken.reshape(int(processes), -1), axis=1) if split else taken
    rounds = np.full((len(runs.labels), max(map(len, found.values()), default=1)), np.nan)
    for row, taken in found.items():
        rounds[row, : len(taken)] = taken
    return times, rounds
