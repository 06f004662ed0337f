"""Wilcoxon's signed rank test for all pairs of solvers, with Holm's correction.

For two solvers d is the difference of their logarithms of cost (or of time, where a problem ranks
by time) on each case, means over seeds first. The |d| are ranked; T is the smaller of the sums of
ranks with d > 0 and with d < 0, and p the chance of a T as small if every sign were a toss of a
coin. Cases on which both are equal are left out; for up to 50 others p is exact, ties included.
A case on which one failed more often than the other counts as the largest difference.

Among many pairs some look different by chance. Holm's correction multiplies the smallest of m
values of p by m, the next by m - 1 and so on, never going down again; what is then below 0.05 holds
for all pairs together with a certainty of 95 %. How large a difference is says the ratio, not p: it
is exp of the Hodges-Lehmann estimate, the median of all (d_i + d_j) / 2, and its interval is the
exact one of the same test, for that pair by itself.

Pitfalls: the test holds differences to be symmetric about their middle. With five cases or fewer
p can't be below 0.0625, however large the difference: nothing can be shown then. No proof of a
difference is no proof of equality. Unlike mean ranks, the verdict on two solvers hangs on these two
alone, except for the correction, which grows with the number of pairs.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, Plot, Statistic
from harness.intervals import centres
from harness.statistics._pairs import MATRIX, Pairs, holm, signed_rank

_SIGNIFICANT = 0.05


def compared(pairs: Pairs, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """float[pairs, 3]: Hodges-Lehmann differences with their ends, in the units of `pairs`."""
    d = pairs.differences(first.tolist(), second.tolist())
    known = ~np.isnan(d)
    count = known.sum(axis=1)
    found = np.full((len(d), 3), np.nan)
    for n in np.unique(count[count > 0]):
        rows = np.flatnonzero(count == n)
        found[rows] = centres(d[rows][known[rows]].reshape(len(rows), n))
    return found


class WilcoxonHolm(Statistic):
    """Which solvers differ, pair by pair."""

    title = "Wilcoxon signed rank test, all pairs"
    group = "pairs"
    source = (
        "Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (1945); Holm, "
        "A simple sequentially rejective multiple test procedure, Scandinavian Journal of "
        "Statistics 6 (1979); Hodges and Lehmann, Estimates of location based on rank tests, "
        "Annals of Mathematical Statistics 34 (1963)"
    )
    leading = True

    def compute(self, board: Any) -> Finding:
        pairs = Pairs.of(board)
        count = len(pairs.labels)
        first, second = np.triu_indices(count, 1)
        p, used = np.empty(len(first)), np.empty(len(first), int)
        step = max(1, 1_000_000 // len(pairs.cases))
        for begin in range(0, len(first), step):
            some = slice(begin, begin + step)
            d = pairs.differences(first[some].tolist(), second[some].tolist())
            p[some], used[some] = signed_rank(d)
        common = (~np.isnan(pairs.failed)).astype(int)
        cases = (common @ common.T)[first, second]
        corrected = np.full(len(p), np.nan)
        tested = cases > 0
        corrected[tested] = holm(p[tested])
        matrix = np.full((count, count), np.nan)
        matrix[first, second] = matrix[second, first] = corrected

        chosen = np.array(pairs.shown())
        at = np.full((count, count), -1)
        at[first, second] = np.arange(len(first))
        rows = []
        for (i, j), ends in zip(chosen, compared(pairs, *chosen.T), strict=True):
            k = at[i, j]
            low, middle, high = (pairs.factor(ends[e]) for e in (1, 0, 2))
            rows.append(
                {
                    "first": pairs.labels[i],
                    "second": pairs.labels[j],
                    "ratio": middle,
                    "ratio_low": low,
                    "ratio_high": high,
                    "p": float(p[k]) if tested[k] else math.nan,
                    "holm": float(corrected[k]),
                    "cases": int(cases[k]),
                    "differ": int(used[k]),
                }
            )
        better = sum(row["holm"] < _SIGNIFICANT for row in rows[: count - 1])
        heading = "Ratio" if pairs.relative else "Difference"
        return Finding(
            f"{pairs.labels[0]}, the first of the leaderboard, differs in {pairs.what} from "
            f"{better} of {count - 1} others; of all {int(tested.sum())} pairs "
            f"{int((corrected < _SIGNIFICANT).sum())} differ (Holm's correction, 5 %).",
            (
                Column("first", "Solver", "solver"),
                Column("second", "Against", "solver"),
                Column(
                    "ratio",
                    heading,
                    pairs.form,
                    "ratio_low",
                    "ratio_high",
                    note=f"of {pairs.what}, Hodges-Lehmann; the interval is for this pair alone",
                ),
                Column("p", "p", "probability", note="of this pair by itself"),
                Column("holm", "p (Holm)", "probability", note="corrected for all pairs"),
                Column("cases", "Cases", "count", note="that both were tried on"),
                Column("differ", "Not equal", "count", note="cases on which they are not equal"),
            ),
            rows,
            self._plots(pairs, matrix, heading),
            self._notes(
                board, pairs, int(cases.max(initial=0)), int(tested.sum()), bool((~tested).any())
            ),
        )

    def _plots(self, pairs: Pairs, p: np.ndarray, heading: str) -> tuple[Plot, ...]:
        shown = min(len(pairs.labels), MATRIX)
        row, column = (axis.ravel() for axis in np.indices((shown, shown)))
        apart = row != column
        row, column = row[apart], column[apart]
        effect = np.array([pairs.factor(one) for one in compared(pairs, row, column)[:, 0]])
        found = []
        for name, title, axis, values, middle in (
            ("p", "p, corrected by Holm", "probability", p[row, column], _SIGNIFICANT),
            ("effect", f"{heading} of {pairs.what}: row against column", pairs.form, effect, None),
        ):
            kept = np.isfinite(values)
            columns = {
                "row": [pairs.labels[i] for i in row[kept]],
                "column": [pairs.labels[i] for i in column[kept]],
                "value": values[kept].tolist(),
            }
            middle = middle if middle is not None else float(pairs.relative)
            note = "" if shown == len(pairs.labels) else f"The first {shown} of the leaderboard."
            found.append(
                Plot(
                    "matrix",
                    name,
                    title,
                    Axis(title, axis, log=name == "effect" and pairs.relative),
                    Axis("solver", "solver"),
                    columns,
                    note=note,
                    middle=middle,
                )
            )
        return tuple(found)

    def _notes(
        self, board: Any, pairs: Pairs, cases: int, tests: int, gaps: bool
    ) -> tuple[str, ...]:
        said = ["The table holds the first against every other, and neighbours on the leaderboard."]
        said += pairs.left_out(board)
        least = 2.0 ** (1 - cases)
        if least > _SIGNIFICANT:
            said.append(
                f"With {cases} common cases no p can be below {least:.2g}: nothing can be shown; "
                "6 cases are the fewest that can."
            )
        elif least * tests > _SIGNIFICANT:
            said.append(
                f"With {cases} cases and {tests} pairs even the smallest p possible is not below "
                "5 % once corrected, unless many pairs reach it; run more cases or compare fewer."
            )
        if gaps:
            said.append("Pairs without a common case are left out.")
        if (pairs.failed > 0).any():
            said.append("More failed runs on a case count as the largest difference there.")
        return tuple(said)
