"""Fixed target: who is first to an answer that is good enough.

At each target, the time of a solver on a case is the median over seeds of when its run first had an
answer within it: seconds of the solver's own clock, infinite where half of the runs never had one.
Targets are shares of the reference cost, or, where costs are compared as differences, of the
distance of a first answer (the median over all runs on the case). Two figures stand over them: the
mean over cases of the rank of this time, and its median over cases.

How to read it: from right to left the targets get harder. Times are on a ratio scale, so that
"three times as fast to 1 %" is a statement one can make; to compare such ratios, see the
performance profile and the expected time to a target. Who leads here may not lead when time is
fixed instead: with the best costs 9, 5, 2, 1.5, 1.5 and 6, 4, 3, 2, 1 after 1, 2, 4, 8 and 16
steps, the second solver is first to the targets 4 and 1, but has the worse answer after 4 and
after 8. Neither view is wrong, so that both are given.

All that never reach a target on a case share its last rank there, and ranks hang on who else takes
part. A median time over cases is drawn only where at least half of the cases have one.

Bands are 95 % intervals over cases, for each target by itself: Student's t for the mean rank, order
statistics for the median, which needs 6 cases. They speak of further cases like these.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.formats import rank
from harness.statistics._runtimes import (
    MAIN,
    leaders,
    lines,
    mean_band,
    median_band,
    medians,
    pool,
    pool_notes,
    ranked,
    reached_within,
    scale_note,
    scales,
    span,
    target_note,
    within,
)

_EXACT = 1e-9  # what rounding may hide
_PARTS = 10.0 ** -np.arange(0, 4.25, 0.25)  # of the charts: from 100 % down to 0.01 %


class FixedTarget(Statistic):
    """Ranks and times at given targets."""

    title = "Time to a given target"
    group = "target"
    source = (
        "Hansen et al., Anytime performance assessment in blackbox optimization benchmarking, "
        "IEEE Transactions on Evolutionary Computation 26 (2022)"
    )

    def compute(self, board: Any) -> Finding:
        named = [board.targets(case) for case in board.cases]
        names = tuple(named[0]) if named else ()
        aims = {name: np.array([each[name] for each in named]) for name in names}
        scale = scales(board)
        aims |= {f"{part:g}": np.maximum(part * scale, _EXACT) for part in _PARTS.tolist()}
        when = reached_within(board, aims, keep=True)
        solvers, cases = pool(when.tried, least=2)
        chosen = np.ix_(solvers, cases)
        middle = medians(when.times)[:, chosen[0], chosen[1]]
        middle = np.where(np.isnan(middle), np.inf, middle)
        if not np.isfinite(middle).any():
            raise NotApplicable("No solver reaches any of the targets with half of its runs.")
        labels = [board.labels[i] for i in solvers]
        ranks = ranked(middle)
        shown = [name for t, name in enumerate(names) if np.isfinite(middle[t]).any()]
        told = {name: names.index(name) for name in shown}
        rows = _rows(told, ranks, middle, labels)
        grid, start = _PARTS[::-1], len(names)
        return Finding(
            _summary(told, ranks, middle, labels),
            _columns(shown),
            rows,
            (
                _ranks(grid, ranks[start:][::-1], labels, scale_note(board)),
                _times(grid, middle[start:][::-1], labels, scale_note(board)),
            ),
            (
                target_note(board),
                "Look at the statistic on fixed budgets too: it may name another leader.",
                *pool_notes(board, when.tried, solvers, cases),
            ),
        )


def _rows(
    told: dict[str, int], ranks: np.ndarray, middle: np.ndarray, labels: list[str]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"label": label} for label in labels]
    for name, t in told.items():
        low, high = mean_band(ranks[t], 1.0, len(labels))
        times, first, last = medians(middle[t]), *median_band(middle[t])
        for i, row in enumerate(rows):
            row |= {
                f"rank {name}": float(ranks[t, i].mean()),
                f"rank {name} low": float(low[i]),
                f"rank {name} high": float(high[i]),
                f"time {name}": float(times[i]),
                f"time {name} low": float(first[i]),
                f"time {name} high": float(last[i]),
            }
    key = f"rank {_main(told)}"
    return sorted(rows, key=lambda row: row[key])


def _main(told: dict[str, int]) -> str:
    """The target by which the table is ordered."""
    return MAIN if MAIN in told else next(iter(told), "")


def _columns(shown: list[str]) -> tuple[Column, ...]:
    columns = [Column("label", "Solver", "solver")]
    for name in shown:
        place, time = f"rank {name}", f"time {name}"
        columns += [
            Column(
                place,
                f"Rank, {name}",
                "rank",
                f"{place} low",
                f"{place} high",
                "mean over cases of the rank of its time to the target",
                "low",
            ),
            Column(
                time,
                f"Time, {name}",
                "time",
                f"{time} low",
                f"{time} high",
                "median over cases of its time to the target; never: not on half of them",
                "low",
            ),
        ]
    return tuple(columns)


def _summary(told: dict[str, int], ranks: np.ndarray, middle: np.ndarray, labels: list[str]) -> str:
    """Who leads by mean rank at which target, and how sure that is at the main one."""
    leads: dict[str, list[str]] = {}
    for name, t in told.items():
        leads.setdefault(leaders(ranks[t].mean(axis=-1), labels), []).append(within(name))
    if len(leads) == 1:
        said = f"Leading at every target: {next(iter(leads))}"
    else:
        said = "Leading: " + "; ".join(f"{who} at {', '.join(at)}" for who, at in leads.items())
    main = _main(told)
    t = told[main]
    best = int(np.argmin(ranks[t].mean(axis=-1)))
    low, high = mean_band(ranks[t, best], 1.0, len(labels))
    known = span(float(low), float(high), rank)
    solved, cases = int(np.isfinite(middle[t, best]).sum()), ranks.shape[-1]
    return (
        f"{said}. At {within(main)} the mean rank of {labels[best]} is "
        f"{rank(ranks[t, best].mean())}{known}, among {len(labels)} solvers; it gets there on "
        f"{solved} of {cases} cases."
    )


def _ranks(grid: np.ndarray, ranks: np.ndarray, labels: list[str], share: str) -> Plot:
    low, high = mean_band(ranks, 1.0, len(labels))
    return Plot(
        "lines",
        "ranks",
        "Mean rank by time to the target",
        Axis(f"target ({share})", "share", log=True),
        Axis("mean rank", "rank"),
        lines(grid, ranks.mean(axis=-1), low, high, labels),
        note="Lower is better; harder targets are to the left. Bands are 95 % intervals over cases "
        "(Student's t), for each target by itself.",
    )


def _times(grid: np.ndarray, middle: np.ndarray, labels: list[str], share: str) -> Plot:
    return Plot(
        "lines",
        "times",
        "Time to the target",
        Axis(f"target ({share})", "share", log=True),
        Axis("median time over cases", "time", log=True),
        lines(grid, medians(middle), *median_band(middle), labels),
        note="Harder targets are to the left; a line ends where the solver fails on half of the "
        "cases. Bands are 95 % intervals over cases (order statistics), for each target by itself; "
        "one up to the highest value has no end.",
    )
