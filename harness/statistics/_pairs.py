"""What the statistics of pairs of solvers share: paired differences, exact p values, Holm."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.findings import NotApplicable

_EXACT = 50  # differences up to which the null distribution is counted out
MATRIX = 24  # solvers in a matrix: more can't be read
_MOST = 250  # solvers: the pairs of more are too many to correct for, and to compute


@dataclass(frozen=True)
class Pairs:
    """What solvers are compared by, case by case.

    Attributes:
        labels: of the solvers compared, best first; at most 250. cases: of the cases.
        what: "cost" or "time".
        relative: whether differences are of logarithms, so that their exponential is a ratio.
        values: float[solvers, cases]; infinite where all runs failed, NaN where not tried.
        failed: float[solvers, cases]: share of failed runs; NaN where not tried.
        rope: differences within it are of no practical use: 1 % of cost, 5 % of time.
    """

    labels: tuple[str, ...]
    cases: tuple[str, ...]
    what: str
    relative: bool
    values: np.ndarray
    failed: np.ndarray
    rope: float

    @classmethod
    def of(cls, board: Any) -> Pairs:
        """What a board ranks by.

        Raises:
            NotApplicable: where no two solvers were tried on the same case.
        """
        by_time = board.rules.rank_by == "time"
        if by_time:
            with np.errstate(divide="ignore"):
                values = np.log(board.times)
            failed = np.where(np.isnan(values), np.nan, np.isinf(values).astype(float))
            rope = math.log(1.05)
        else:
            values, failed = _costs(board), board.failed
            rope = math.log(1.01)
            if not board.relative:
                units = [board.targets(case).get("1 %", math.nan) for case in board.cases]
                rope = float(np.median(units)) if units else 0.0
        tried = ~np.isnan(failed)
        kept = [i for i in range(len(board.labels)) if tried[i].any()][:_MOST]
        if len(kept) < 2 or tried[kept].sum(axis=0).max(initial=0) < 2:
            what = "timed" if by_time else "run"
            raise NotApplicable(f"No two solvers were {what} on the same case.")
        return cls(
            tuple(board.labels[i] for i in kept),
            tuple(board.cases),
            "time" if by_time else "cost",
            by_time or board.relative,
            values[kept],
            failed[kept],
            rope,
        )

    def differences(self, first: Sequence[int], second: Sequence[int]) -> np.ndarray:
        """float[pairs, cases]: of each pair, first minus second; below zero where first is better.

        Infinite where one failed more often than the other, zero where both failed always, NaN
        where either was not tried.
        """
        a, b = np.asarray(first, int), np.asarray(second, int)
        more = np.round(self.failed[a] - self.failed[b], 12)
        with np.errstate(invalid="ignore"):
            d = np.where(
                np.isinf(self.values[a]) & np.isinf(self.values[b]),
                0.0,
                self.values[a] - self.values[b],
            )
            # What rounding makes of equal values must not count as a difference.
            size = np.fmax(1.0, np.fmax(np.abs(self.values[a]), np.abs(self.values[b])))
            d = np.where(np.abs(d) <= 1e-12 * np.where(np.isfinite(size), size, 1.0), 0.0, d)
            return np.where(
                more == 0, d, np.where(np.isnan(more), np.nan, np.copysign(np.inf, more))
            )

    def left_out(self, board: Any) -> tuple[str, ...]:
        """What a reader must know of solvers that are not compared."""
        count = len(board.labels) - len(self.labels)
        if not count:
            return ()
        return (f"{count} of {len(board.labels)} solvers are not compared here.",)

    def shown(self) -> list[tuple[int, int]]:
        """Pairs for a table: the first against every other, then neighbours; the better first."""
        count = len(self.labels)
        return [(0, j) for j in range(1, count)] + [(i, i + 1) for i in range(1, count - 1)]

    @property
    def form(self) -> str:
        """How `factor` is written, one of `harness.findings.FORMS`."""
        if not self.relative:
            return "gap"
        return "factor" if self.what == "time" else "ratio"

    def factor(self, difference: float) -> float:
        """A difference as readers see it: a ratio where logarithms are compared."""
        if not self.relative:
            return difference
        return math.exp(difference) if difference < 700 else math.inf


def _costs(board: Any) -> np.ndarray:
    """float[solvers, cases]: means over the runs that did not fail; logarithms of ratios."""
    cells = [cell for row in board.above for cell in row]
    lengths = np.array([len(cell) for cell in cells], int)
    value = np.concatenate([*cells, np.empty(0)])
    with np.errstate(all="ignore"):
        value = np.log1p(value) if board.relative else value
    at = np.repeat(np.arange(len(cells)), lengths)
    good = np.isfinite(value)
    count = np.bincount(at[good], minlength=len(cells))
    total = np.bincount(at[good], value[good], minlength=len(cells))
    means = np.where(count > 0, total / np.maximum(count, 1), np.inf)
    return np.where(lengths > 0, means, np.nan).reshape(board.shape)


def signed_rank(differences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two-sided p of Wilcoxon's signed rank test for each row, and how many differences count.

    Zeros are left out. Up to 50 differences the null distribution is exact for the very ties that
    occur; beyond that it is the normal law with their correction.

    Args:
        differences: float[rows, n]; NaN is left out, infinite ones are the largest.
    """
    from scipy.stats import norm, rankdata

    d = np.where(differences == 0, np.nan, differences)
    count = (~np.isnan(d)).sum(axis=1)
    p = np.ones(len(d))
    if not d.size:
        return p, count
    ranks = np.nan_to_num(rankdata(np.abs(d), axis=1, nan_policy="omit"))
    least = np.minimum((ranks * (d > 0)).sum(axis=1), (ranks * (d < 0)).sum(axis=1))
    for n in np.unique(count[count > 0]):
        rows = np.flatnonzero(count == n)
        ordered = np.sort(2 * ranks[rows], axis=1)[:, -n:].astype(int)
        if n > _EXACT:
            spread = np.sqrt((ordered.astype(float) ** 2).sum(axis=1) / 16)
            p[rows] = 2 * norm.cdf((least[rows] - n * (n + 1) / 4) / spread)
            continue
        patterns, which = np.unique(ordered, axis=0, return_inverse=True)
        for i, pattern in enumerate(patterns):
            chosen = rows[which.ravel() == i]
            below = _null(tuple(pattern.tolist()))
            p[chosen] = 2 * below[np.rint(2 * least[chosen]).astype(int)]
    return np.minimum(p, 1.0), count


@functools.lru_cache(maxsize=4096)
def _null(doubled_ranks: tuple[int, ...]) -> np.ndarray:
    """P(doubled sum of the ranks with a plus <= 0, 1, ...), each having it by an even chance."""
    ways = np.ones(1)
    for rank in doubled_ranks:
        longer = np.zeros(len(ways) + rank)
        longer[: len(ways)] += ways
        longer[rank:] += ways
        ways = longer / 2
    return np.cumsum(ways)


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's correction: the i-th smallest of m times m - i + 1, and none below one before it."""
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(np.asarray(p)[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(raised, 1.0)
    return corrected
