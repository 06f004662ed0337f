"""Rank stability: does the ranking survive without one case, or without one solver?

Each case is left out in turn and the leaderboard made anew: the lowest and highest rank that each
solver then gets, Kendall's tau between that ranking and the whole one (1: the same, ties counted
by half, -1: reversed), and whether another solver comes first. A ranking that one case decides is
one that another choice of cases would have turned.

P(first) is the share of bootstrap draws (cases with replacement, then seeds within each) in which
the solver comes first, shared among those who do so together. It is no probability that the solver
is the best: it tells how often it would come first on as many cases drawn like these.

The leaderboard orders by means over cases of what each solver reached against one reference, so
that leaving out a solver can't change the order of two others. Mean ranks, which many papers use,
have not that virtue: the last column counts the solvers whose order with this one is turned, by
mean ranks, when some third solver is left out. Its interval is the percentile interval over cases
drawn with replacement, widened for few cases as Student's t is against the normal law; with fewer
than 20 cases it is rough all the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.intervals import percentiles
from harness.statistics._ranking import expanded_tail
from harness.statistics.leaderboard import standing_of

_DRAWS = 1000
_NAMED = 5  # cases
_MOST = 500  # solvers of which all thirds are left out


def kendall(one: np.ndarray, other: np.ndarray) -> float:
    """Kendall's tau-a of two rankings: concordant less discordant pairs, over all pairs.

    A pair that is tied in one of them is neither; one tied in both counts as the same.
    """
    count = len(one)
    if count < 2:
        return 1.0
    total = 0.0
    for i in range(count - 1):
        first, second = np.sign(one[i + 1 :] - one[i]), np.sign(other[i + 1 :] - other[i])
        total += float((first * second).sum()) + int(((first == 0) & (second == 0)).sum())
    return total / (count * (count - 1) / 2)


def reversals(ranks: np.ndarray) -> np.ndarray:
    """int[solvers]: with how many others the order by mean rank turns when a third is left out.

    Args:
        ranks: float[solvers, cases], ties averaged.
    """
    count = len(ranks)
    # beaten[i, r]: on what share of cases r is before i; without r the mean rank of i is that less.
    beaten = np.stack(
        [((ranks < row) + 0.5 * (ranks == row)).mean(axis=1) for row in ranks]
    ).reshape(count, count)
    mean = ranks.mean(axis=1)
    turned = np.zeros((count, count), bool)
    whole = np.sign(np.round(mean[:, None] - mean, 12))
    for r in range(count):
        without = mean - beaten[:, r]
        order = np.sign(np.round(without[:, None] - without, 12))
        order[r], order[:, r] = 0, 0
        turned |= whole * order < 0
    total: np.ndarray = turned.sum(axis=1)
    return total


def first_places(ranks: np.ndarray) -> np.ndarray:
    """float[solvers]: the share of draws won, shared among those who win together.

    Args:
        ranks: float[draws, solvers].
    """
    won = ranks == ranks.min(axis=1, keepdims=True)
    share: np.ndarray = (won / won.sum(axis=1, keepdims=True)).mean(axis=0)
    return share


class RankStability(Statistic):
    """The ranking without one case, without one solver, and drawn anew."""

    title = "Stability of the ranks"
    group = "ranking"
    source = (
        "Efron and Tibshirani, An introduction to the bootstrap, 1993 (leave-one-out and bootstrap "
        "of a ranking); Kendall, A new measure of rank correlation, Biometrika 30 (1938)"
    )
    leading = True

    def compute(self, board: Any) -> Finding:
        if len(board.labels) < 2:
            raise NotApplicable("One solver alone has no rank to lose.")
        standing, _, _ = standing_of(board.traces, board.timings, board.rules)
        cases = standing.runs.cases
        if len(cases) < 2:
            raise NotApplicable("With one case there is none to leave out.")
        at = {label: i for i, label in enumerate(standing.runs.labels)}
        order = np.array([at[label] for label in board.labels])
        ones = np.ones((1, len(cases)))
        with np.errstate(all="ignore"):
            whole = standing.ranks(ones)[0, order]
            without = standing.ranks(ones - np.eye(len(cases)))[:, order]
            drawn = standing.draws(board.rng("rank_stability"), _DRAWS)[:, order]
        taus = np.array([kendall(whole, row) for row in without])
        first = first_places(drawn)
        mean, low, high, turned = self._mean_ranks(board, cases)
        rows: list[dict[str, Any]] = []
        columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "low", "high")}
        for i, label in enumerate(board.labels):
            values = (label, mean[i], low[i], high[i])
            rows.append(
                {
                    "label": label,
                    "rank": int(whole[i]),
                    "best": int(without[:, i].min()),
                    "worst": int(without[:, i].max()),
                    "first": float(first[i]),
                    "mean": float(mean[i]),
                    "mean_low": float(low[i]),
                    "mean_high": float(high[i]),
                    "turned": None if np.isnan(turned[i]) else int(turned[i]),
                }
            )
            if np.isfinite(values[1:]).all():
                for name, value in zip(columns, values, strict=True):
                    columns[name].append(value if name == "label" else float(value))
        leaders = (whole == 1) != (without == 1)
        changing = [cases[c] for c in np.flatnonzero(leaders.any(axis=1))]
        return Finding(
            self._summary(rows, changing, cases, taus),
            (
                Column("label", "Solver", "solver"),
                Column("rank", "Rank", "rank", better="low"),
                Column("best", "Best", "rank", note="rank when some one case is left out"),
                Column("worst", "Worst", "rank", note="rank when some one case is left out"),
                Column("first", "P(first)", "share", note="of bootstrap draws", better="high"),
                Column("mean", "Mean rank", "rank", "mean_low", "mean_high", better="low"),
                Column(
                    "turned",
                    "Turned",
                    "count",
                    note="solvers whose order with this one, by mean ranks, hangs on a third",
                ),
            ),
            rows,
            (
                Plot(
                    "intervals",
                    "mean-ranks",
                    "Mean rank over cases",
                    Axis("mean rank", "rank", low=1.0),
                    Axis("solver", "solver"),
                    columns,
                    note="95 % bootstrap intervals over cases.",
                ),
            ),
            self._notes(board, cases, changing, taus),
        )

    def _mean_ranks(
        self, board: Any, cases: list[str]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Mean ranks with their ends, and reversals; NaN for solvers without all the cases."""
        from scipy.stats import rankdata

        ranks = board.case_ranks[:, [board.cases.index(case) for case in cases]]
        whole = np.flatnonzero(~np.isnan(ranks).any(axis=1))
        found = np.full((4, len(ranks)), np.nan)
        if not len(whole):
            return found[0], found[1], found[2], found[3]
        ranks = rankdata(ranks[whole], axis=0)  # anew, among these
        rng = board.rng("rank_stability mean")
        picks = rng.integers(len(cases), size=(_DRAWS, len(cases)))
        times = np.stack([np.bincount(row, minlength=len(cases)) for row in picks])
        means = times @ ranks.T / len(cases)
        ends = percentiles(means, 1 - 2 * expanded_tail(len(cases)))
        found[0, whole] = ranks.mean(axis=1)
        found[1, whole], found[2, whole] = ends
        if len(whole) <= _MOST:
            found[3, whole] = reversals(ranks)
        return found[0], found[1], found[2], found[3]

    def _summary(
        self, rows: list[dict[str, Any]], changing: list[str], cases: list[str], taus: np.ndarray
    ) -> str:
        best = max(row["first"] for row in rows)
        likely = [row["label"] for row in rows if row["first"] == best]
        named = likely[0] if len(likely) == 1 else " and ".join(likely[:3])
        comes = "comes first in" if len(likely) == 1 else "each come first in"
        kept = (
            "The first place does not hang on any single case"
            if not changing
            else f"The first place changes when one of {len(changing)} of {len(cases)} cases is "
            "left out"
        )
        return (
            f"{kept} (Kendall's tau at least {taus.min():.2f}); {named} {comes} "
            f"{best:.0%} of the draws."
        )

    def _notes(
        self, board: Any, cases: list[str], changing: list[str], taus: np.ndarray
    ) -> tuple[str, ...]:
        said = []
        if changing:
            more = "" if len(changing) <= _NAMED else f" and {len(changing) - _NAMED} more"
            said.append(f"Who is first hangs on {', '.join(changing[:_NAMED])}{more}.")
        if taus.min() < 1:
            least = cases[int(np.argmin(taus))]
            said.append(f"Leaving out {least} changes the ranking most (tau {taus.min():.3f}).")
        if len(cases) < len(board.cases):
            said.append(
                f"{len(board.cases) - len(cases)} of {len(board.cases)} cases don't count: fewer "
                "than half of the solvers were run on them."
            )
        if len(cases) < 20:
            said.append(f"With {len(cases)} cases the draws are rough.")
        return tuple(said)
