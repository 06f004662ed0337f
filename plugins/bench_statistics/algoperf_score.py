"""AlgoPerf score: how near a solver is to the fastest in reaching a target, over all cases.

t[s,c] is the median over seeds of the time until a run of solver s on case c reached the target;
a run that never did, or failed, is infinite and takes part. r[s,c] = t[s,c] / min over solvers of
t[.,c] is the ratio to the fastest there. The score is the area under the performance profile of r
between 1 and 4, divided by 3. That area has a closed form, which is used here:

    score[s] = mean over cases of max(0, (4 - r[s,c]) / 3)

1 is the fastest everywhere, 0.5 is 2.5 times as slow everywhere, 0 at least 4 times as slow
everywhere, or never there. The factor counts linearly: from 1 to 2 costs a third, from 4 to 400
nothing. What happens after the target is reached does not count, nor does the final cost.

Scores depend on who takes part. Taking a solver away can only raise those of the others, and it
raises most those who were beaten by it alone, so that the order of two others can turn; the column
"Without one rival" tells how far a score would rise at most, and whose leaving does it. A case
that nobody solves gives 0 to all. With an even number of seeds the median is infinite once half of
them miss. Very loose targets are reached by the first answer, and the ratios then tell start-up
times apart.

The interval is a bootstrap over cases, with the ratios of each case as they are: it answers what
other cases of the same kinds would have given to the same field of solvers. The noise between
seeds is in it as far as it differs from case to case. On boards that are ranked by time, the times
of a solve are taken, and no target.

Departs from the paper: its official code integrates by the trapezoid rule on 100 points, which is
up to 0.002 larger; its rule of held-out workloads has no counterpart here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bench_statistics._cases import bar, common, first, left_out, redrawn
from bench_statistics._targets import lead, meaning, medians, times_to
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic

R_MAX = 4.0
_TICK = 1e-9  # seconds; no clock tells less apart, and a time of zero has no ratio
_SOLVE = "a solve"


def gains(times: np.ndarray, fastest: np.ndarray | None = None) -> np.ndarray:
    """What each case adds to a score: max(0, (4 - r) / 3); a score is the mean over cases.

    Args:
        times: float[solvers, cases], infinite where the target was not reached.
        fastest: float[cases], what ratios are taken to; by default the fastest of `times`.
    """
    floored = np.maximum(times, _TICK)
    least = floored.min(axis=0) if fastest is None else fastest
    with np.errstate(invalid="ignore"):
        ratio = np.where(np.isfinite(floored), floored / least, np.inf)
    return np.clip((R_MAX - ratio) / (R_MAX - 1), 0.0, None)


def without_each(times: np.ndarray) -> np.ndarray:
    """float[removed, solvers]: the scores if one solver had not taken part; NaN for itself."""
    floored = np.maximum(times, _TICK)
    scores = np.full((len(times), len(times)), np.nan)
    for gone in range(len(times)):
        rest = np.delete(np.arange(len(times)), gone)
        scores[gone, rest] = gains(floored[rest]).mean(axis=1)
    return scores


class AlgoperfScore(Statistic):
    """The time-to-target score of the AlgoPerf benchmark."""

    title = "AlgoPerf score"
    group = "target"
    source = "Dahl et al., Benchmarking neural network training algorithms (2023)"
    papers = ("benchmarking-neural-network-training-algorithms",)

    def compute(self, board: Any) -> Finding:
        if len(board.labels) < 2:
            raise NotApplicable("There is one solver, and the score is against the fastest rival.")
        tables, leading = _tables(board)
        solvers, cases = common(~np.isnan(tables[leading]))
        if len(solvers) < 2 or not len(cases):
            raise NotApplicable("No case was tried by all of the solvers that it would compare.")
        names = [board.labels[i] for i in solvers]
        kept = {name: table[np.ix_(solvers, cases)] for name, table in tables.items()}
        kept = {name: table for name, table in kept.items() if np.isfinite(table).any()}
        if leading not in kept:
            raise NotApplicable("On the cases that all solvers tried, nobody reached the target.")
        weights = redrawn(board.rng("algoperf_score"), len(cases))
        judged = {name: _judge(table, weights) for name, table in kept.items()}
        score, low, high, wins = judged[leading]
        absent = without_each(kept[leading])
        rows = []
        for i, label in enumerate(names):
            most = int(np.nanargmax(absent[:, i]))
            row: dict[str, Any] = {
                "label": label,
                "first": float(wins[i]),
                "reached": float(np.isfinite(kept[leading][i]).mean()),
                "without": float(absent[most, i]),
                "rival": names[most] if absent[most, i] > score[i] + 1e-9 else "",
            }
            for place, (values, lows, highs, _) in enumerate(judged.values()):
                row |= {
                    f"score{place}": float(values[i]),
                    f"low{place}": float(lows[i]),
                    f"high{place}": float(highs[i]),
                }
            rows.append((float(score[i]), row))
        rows.sort(key=lambda pair: -pair[0])
        best = int(score.argmax())
        aim = f"of {_SOLVE}" if leading == _SOLVE else f"to {meaning(board, leading)}"
        sure = (
            f" (95 %: {low[best]:.2f} to {high[best]:.2f})"
            if len(cases) > 1
            else " on its one case"
        )
        return Finding(
            f"{names[best]} has the highest score for the time {aim}: {score[best]:.2f} of "
            f"1{sure}; it stays first in {wins[best]:.0%} of bootstrap draws of the {len(cases)} "
            "cases.",
            _columns(list(judged), leading),
            [row for _, row in rows],
            (_plot(names, judged),),
            (
                *_warnings(names, kept[leading], score, absent, leading),
                *left_out(board.labels, solvers, len(cases), len(board.cases)),
            ),
        )


def _tables(board: Any) -> tuple[dict[str, np.ndarray], str]:
    """Target -> float[solvers, cases] of median times, and the target that leads."""
    if board.rules.rank_by == "time":
        if not np.isfinite(board.times).any():
            raise NotApplicable("Nothing was timed.")
        return {_SOLVE: board.times}, _SOLVE
    cells = times_to(board)
    leading = lead(cells)
    if not leading:
        raise NotApplicable("No run reached any target.")
    return {name: medians(table) for name, table in cells.items()}, leading


def _judge(table: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, ...]:
    """Scores, the ends of their intervals, and how often each is first; each float[solvers]."""
    from harness.api import intervals

    gained = gains(table)
    score = gained.mean(axis=1)
    if table.shape[1] < 2:
        none = np.full(len(score), np.nan)
        return score, none, none, first(score[None])
    drawn = weights @ gained.T
    low, high = intervals.percentiles(drawn)
    return score, low, high, first(drawn)


def _columns(targets: list[str], leading: str) -> tuple[Column, ...]:
    order = sorted(targets, key=lambda name: name != leading)
    scores = tuple(
        Column(
            f"score{targets.index(name)}",
            f"Score, {name}",
            "ratio",
            f"low{targets.index(name)}",
            f"high{targets.index(name)}",
            note="1: fastest to this target on every case; 0: never within a factor of 4",
            better="high",
        )
        for name in order
    )
    return (
        Column("label", "Solver", "solver"),
        scores[0],
        Column("first", "Stays first", "share", note="of bootstrap draws of cases", better="high"),
        Column("reached", "Reached", "share", note="cases, by the median run", better="high"),
        Column("without", "Without one rival", "ratio", note="the score at most, if one left"),
        Column("rival", "Which", "text", note="whose leaving raises the score most"),
        *scores[1:],
    )


def _plot(names: list[str], judged: dict[str, tuple[np.ndarray, ...]]) -> Plot:
    drawn: dict[str, list[Any]] = {key: [] for key in ("view", "label", "x", "low", "high")}
    for target, (score, low, high, _) in judged.items():
        for i in np.argsort(-score, kind="stable"):
            drawn["view"].append(target)
            drawn["label"].append(names[i])
            for key, value in zip(
                ("x", "low", "high"), bar(score[i], low[i], high[i]), strict=True
            ):
                drawn[key].append(value)
    return Plot(
        "intervals",
        "scores",
        "AlgoPerf score",
        Axis("score", "ratio", low=0.0, high=1.0),
        Axis("solver", "solver"),
        drawn,
        note="Bars: 95 % of bootstrap draws of cases, against the same field of solvers.",
        picker="target",
    )


def _warnings(
    names: list[str], table: np.ndarray, score: np.ndarray, absent: np.ndarray, leading: str
) -> list[str]:
    said = []
    nobody = int((~np.isfinite(table)).all(axis=0).sum())
    if nobody:
        said.append(f"Cases on which nobody got there, which give 0 to all ({leading}): {nobody}.")
    turned = 0
    for gone in range(len(names)):
        rest = np.delete(np.arange(len(names)), gone)
        before = np.sign(np.round(np.subtract.outer(score[rest], score[rest]), 9))
        after = np.sign(np.round(np.subtract.outer(absent[gone, rest], absent[gone, rest]), 9))
        turned += int((before * after < 0).sum()) // 2
    if turned:
        pairs = len(names) * (len(names) - 1) * (len(names) - 2) // 2
        said.append(
            f"Leaving out one solver turns the order of two others in {turned} of {pairs} "
            "combinations: the order of near scores hangs on the field."
        )
    leader = int(score.argmax())
    for gone in range(len(names)):
        if gone == leader:
            continue
        other = int(np.nanargmax(absent[gone]))
        if absent[gone, other] > absent[gone, leader] + 1e-9:
            said.append(f"Without {names[gone]}, {names[other]} would be first.")
    return said
