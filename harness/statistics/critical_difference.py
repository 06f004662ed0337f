"""Critical difference: Friedman's test of mean ranks, and Nemenyi's for pairs.

On each of N cases the k solvers are ranked, equal ones by their mean rank, failures last; R_j is
the mean rank. If all were alike, Friedman's

    chi2 = 12 N / (k (k + 1)) (sum of R_j^2 - k (k + 1)^2 / 4) / (1 - T / (N k (k^2 - 1)))

would be small; T is the sum of t^3 - t over all ties, t of how many. Its better form is that of
Iman and Davenport, F = (N - 1) chi2 / (N (k - 1) - chi2) with k - 1 and (k - 1)(N - 1) degrees of
freedom. Where F says that not all are alike, two mean ranks differ by Nemenyi's test if they are at
least CD = q sqrt(k (k + 1) / (6 N)) apart; q is the 95 % point of the studentized range of k, over
the root of 2. In the diagram a bar joins solvers that are closer than that.

Take it as a picture, not as a verdict on two solvers. The difference of two mean ranks hangs on who
else takes part: two solvers that each win half of the cases against each other can be told apart by
it, if third ones come between them on the cases that one of them loses. It sees no sizes, and it
has little power. For pairs read the signed-rank tests, which compare just the two (Benavoli, Corani
and Mangili, Should we really use post-hoc tests based on mean-ranks?, JMLR 17 (2016)).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.intervals import percentiles
from harness.statistics._ranking import expanded_tail

_DRAWS = 1000
_ALPHA = 0.05


def friedman(ranks: np.ndarray) -> tuple[float, float, float, float]:
    """chi2 and its p, F and its p; (0, 1, 0, 1) where all are tied on all cases.

    Args:
        ranks: float[solvers, cases], ties averaged.
    """
    from scipy.stats import chi2 as chi2_law
    from scipy.stats import f as f_law

    k, n = ranks.shape
    ties = sum(
        int((count**3 - count).sum())
        for count in (np.unique(column, return_counts=True)[1] for column in ranks.T)
    )
    left = 1 - ties / (n * k * (k * k - 1))
    if left <= 1e-12:
        return 0.0, 1.0, 0.0, 1.0
    mean = ranks.mean(axis=1)
    # The sum of squares about the middle, which is the formula's without its cancellation.
    chi2 = 12 * n / (k * (k + 1)) * float(((mean - (k + 1) / 2) ** 2).sum()) / left
    rest = n * (k - 1) - chi2
    if rest <= 1e-9 * n * (k - 1):  # the same order on every case
        return chi2, float(chi2_law.sf(chi2, k - 1)), math.inf, 0.0
    f = (n - 1) * chi2 / rest
    return chi2, float(chi2_law.sf(chi2, k - 1)), f, float(f_law.sf(f, k - 1, (k - 1) * (n - 1)))


def critical_difference(k: int, n: int, alpha: float = _ALPHA) -> float:
    """Nemenyi's: how far apart mean ranks of k solvers over n cases must be."""
    from scipy.stats import studentized_range

    q = float(studentized_range.ppf(1 - alpha, k, np.inf)) / math.sqrt(2)
    return q * math.sqrt(k * (k + 1) / (6 * n))


def nemenyi(differences: np.ndarray, k: int, n: int) -> np.ndarray:
    """p of differences of mean ranks."""
    from scipy.stats import studentized_range

    scaled = np.abs(differences) / math.sqrt(k * (k + 1) / (12 * n))
    p: np.ndarray = np.clip(studentized_range.sf(scaled, k, np.inf), 0.0, 1.0)
    return p


def bars(mean: np.ndarray, difference: float) -> tuple[tuple[float, float], ...]:
    """(first, last) mean rank of each widest group within the difference, best first."""
    ordered = np.sort(mean)
    found: list[tuple[int, int]] = []
    for i, low in enumerate(ordered):
        j = int(np.searchsorted(ordered, low + difference - 1e-9, side="left")) - 1
        if j > i and (not found or j > found[-1][1]):
            found.append((i, j))
    return tuple((float(ordered[i]), float(ordered[j])) for i, j in found)


def complete(tried: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The solvers and cases, as numbers, of a table without gaps.

    Solvers tried on fewer than half of the cases go first, then cases that not all of the others
    were tried on; while there is no case left, the solver with the fewest goes.
    """
    solvers = np.flatnonzero(tried.mean(axis=1) >= 0.5)
    while len(solvers):
        cases = np.flatnonzero(tried[solvers].all(axis=0))
        if len(cases):
            return solvers, cases
        solvers = np.delete(solvers, int(np.argmin(tried[solvers].sum(axis=1))))
    return solvers, np.empty(0, int)


class CriticalDifference(Statistic):
    """Mean ranks over cases and the diagram of Demšar."""

    title = "Critical-difference diagram"
    group = "ranking"
    source = (
        "Friedman, The use of ranks to avoid the assumption of normality, JASA 32 (1937); Iman and "
        "Davenport, Approximations of the critical region of the Friedman statistic, "
        "Communications in Statistics A9 (1980); Demšar, Statistical comparisons of classifiers "
        "over multiple data sets, JMLR 7 (2006)"
    )

    def compute(self, board: Any) -> Finding:
        from scipy.stats import rankdata

        solvers, cases = complete(~np.isnan(board.case_ranks))
        k, n = len(solvers), len(cases)
        if k < 2 or n < 2:
            raise NotApplicable("Mean ranks need two solvers that share two cases.")
        ranks = rankdata(board.case_ranks[np.ix_(solvers, cases)], axis=0)
        mean = ranks.mean(axis=1)
        chi2, _, f, p = friedman(ranks)
        difference = critical_difference(k, n)
        labels = [board.labels[i] for i in solvers]
        best = int(np.argmin(mean))
        against = nemenyi(mean - mean[best], k, n)
        picks = board.rng("critical_difference").integers(n, size=(_DRAWS, n))
        times = np.stack([np.bincount(row, minlength=n) for row in picks])
        low, high = percentiles(times @ ranks.T / n, 1 - 2 * expanded_tail(n))
        rows = [
            {
                "label": labels[i],
                "mean": float(mean[i]),
                "mean_low": float(low[i]),
                "mean_high": float(high[i]),
                "first": int((ranks[i] == ranks.min(axis=0)).sum()),
                "p": None if i == best else float(against[i]),
            }
            for i in np.argsort(mean, kind="stable")
        ]
        alike = p >= _ALPHA
        close = int((mean - mean[best] < difference).sum()) - 1
        verdict = (
            f"Over {n} cases the mean ranks of {k} solvers show no difference "
            f"(Friedman, p = {p:.2g})."
            if alike
            else f"{labels[best]} has the best mean rank of {k} solvers, {mean[best]:.2f} over {n} "
            f"cases; {close} of the others are within the critical difference of {difference:.2f}."
        )
        return Finding(
            verdict,
            (
                Column("label", "Solver", "solver"),
                Column(
                    "mean",
                    "Mean rank",
                    "rank",
                    "mean_low",
                    "mean_high",
                    note="over cases; the interval is a bootstrap over cases",
                    better="low",
                ),
                Column("first", "First on", "count", note="cases, ties counted", better="high"),
                Column("p", "p (Nemenyi)", "probability", note="against the best mean rank"),
            ),
            rows,
            (
                Plot(
                    "ranks",
                    "diagram",
                    "Critical-difference diagram",
                    Axis("mean rank", "rank", low=1.0, high=float(k)),
                    Axis("solver", "solver"),
                    {
                        "label": [row["label"] for row in rows],
                        "x": [row["mean"] for row in rows],
                    },
                    note="Bars join solvers whose mean ranks are closer than the critical "
                    "difference at 5 % (Nemenyi). Who else takes part moves them: judge two "
                    "solvers by the tests of pairs.",
                    bars=((float(mean.min()), float(mean.max())),)
                    if alike
                    else bars(mean, difference),
                    difference=difference,
                ),
            ),
            self._notes(board, solvers, cases, (chi2, f, p), alike),
        )

    def _notes(
        self,
        board: Any,
        solvers: np.ndarray,
        cases: np.ndarray,
        test: tuple[float, float, float],
        alike: bool,
    ) -> tuple[str, ...]:
        chi2, f, p = test
        k, n = len(solvers), len(cases)
        shown = "infinite" if math.isinf(f) else f"{f:.4g}"
        said = [
            f"Friedman chi2 = {chi2:.4g}; Iman and Davenport F = {shown} with {k - 1} and "
            f"{(k - 1) * (n - 1)} degrees of freedom, p = {p:.2g}."
        ]
        if alike:
            said.append("So one bar joins all: Nemenyi's test is for what Friedman's finds unlike.")
        if k < len(board.labels):
            gone = [label for i, label in enumerate(board.labels) if i not in solvers]
            said.append(f"Left out, as run on too few cases: {', '.join(gone)}.")
        if n < len(board.cases):
            said.append(
                f"{len(board.cases) - n} of {len(board.cases)} cases are left out, as not every "
                "solver was run on them."
            )
        if n < 10:
            said.append(f"With {n} cases the test has little power.")
        return tuple(said)
