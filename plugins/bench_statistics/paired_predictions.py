"""Paired predictions: solvers compared on the very items that they got right or wrong.

Two solvers that answer the same test items are compared by the items on which they differ: b that
only the first gets right, c that only the second does. McNemar's test asks whether b and c come
from a fair coin. Its mid-p form is used, 2 P(X < min(b, c)) + P(X = min(b, c)) for X binomial with
b + c tosses: the exact test is too cautious with few differences, the chi-square form too bold.
The test of two shares as if they came from independent test sets ignores the pairing and is not
used. Over all pairs the p-values are adjusted by Holm's method.

Cochran's Q asks first whether all L solvers could be equally often right: with column sums G and
row sums R, Q = (L - 1) (L sum G^2 - T^2) / (L T - sum R^2), chi-square with L - 1 degrees of
freedom. Where it finds nothing, single pairs should be read with care.

The difference (b - c) / n has the interval of Bonett and Price: one is added to both b and c, two
to n. The shares in the chart have Wilson's.

All of it speaks of these predictions, made by solvers trained once: it tells nothing of how much
another training set would change them (see 5x2 cross-validation for that). Of several seeds the
first counts; pooling them would count items more than once. So would several resamples of one data
set: of those the first split, or the first bootstrap resample, counts. A failed run got nothing
right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bench_statistics._resamples import found_different, holm, independent
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic, intervals

_SHOWN = 40  # solvers of the matrix
_PAIRS = 30  # rows of the table
_Z = 1.959963984540054  # of 95 %


def discordant(right: np.ndarray) -> np.ndarray:
    """How many items row gets right and column does not, int[solvers, solvers].

    Args:
        right: bool[solvers, items].
    """
    table = right.astype(np.float32 if right.shape[1] < 1 << 24 else float)
    return np.rint(table @ (1 - table).T).astype(int)


def mcnemar(b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Mid-p values of McNemar's test; 1 where nothing differs.

    Args:
        b, c: int[...], items that only the one, and only the other gets right.
    """
    from scipy.stats import binom

    least, total = np.minimum(b, c), b + c
    return np.asarray(2 * binom.cdf(least, total, 0.5) - binom.pmf(least, total, 0.5))


def cochran(right: np.ndarray) -> tuple[float, float]:
    """Cochran's Q and its p-value; (0, 1) where all solvers are right on the same items.

    Args:
        right: bool[solvers, items].
    """
    from scipy.stats import chi2

    solvers = len(right)
    columns, rows = right.sum(axis=1).astype(float), right.sum(axis=0).astype(float)
    total = columns.sum()
    spread = solvers * total - (rows**2).sum()
    if spread <= 0:
        return 0.0, 1.0
    q = (solvers - 1) * (solvers * (columns**2).sum() - total**2) / spread
    return float(q), float(chi2.sf(q, solvers - 1))


def difference(b: int, c: int, items: int) -> tuple[float, float, float]:
    """(b - c) / items with the 95 % interval of Bonett and Price."""
    one, two = (b + 1) / (items + 2), (c + 1) / (items + 2)
    reach = _Z * np.sqrt((one + two - (one - two) ** 2) / (items + 2))
    return (
        (b - c) / items,
        max(-1.0, float(one - two - reach)),
        min(1.0, float(one - two + reach)),
    )


class PairedPredictions(Statistic):
    """McNemar's test for each pair, Cochran's Q over all."""

    title = "Paired predictions"
    group = "prediction"
    source = (
        "Raschka, Model Evaluation, Model Selection, and Algorithm Selection in Machine Learning "
        "(2018)"
    )
    papers = ("model-evaluation-model-selection-algorithm",)
    leading = True

    def compute(self, board: Any) -> Finding:
        cases, known = _first_runs(board)
        if not known:
            raise NotApplicable(
                "No record tells which test items were right; a problem tells it by `items`."
            )
        labels = [label for label in board.labels if label in known]
        if len(labels) < 2:
            raise NotApplicable(f"Only {labels[0]} has predictions; a pair needs two.")
        b, items, correct, shared = _counted(labels, cases, known)
        one, two = np.triu_indices(len(labels), 1)
        p = np.where(items[one, two] > 0, mcnemar(b[one, two], b[two, one]), np.nan)
        adjusted = holm(p)
        if np.isnan(p).all():
            raise NotApplicable("No two solvers predicted the same test items.")
        order = _first_pairs(one, two, correct, p)
        rows = [
            _row(
                labels, b, items, int(one[k]), int(two[k]), float(p[k]), float(adjusted[k]), correct
            )
            for k in order
        ]
        q, overall = cochran(shared) if shared.shape[1] else (np.nan, np.nan)
        return Finding(
            _summary(labels, q, overall, shared.shape[1], p, adjusted),
            _COLUMNS,
            rows,
            _plots(labels, known, one, two, adjusted),
            _notes(board, labels, cases, rows, p),
        )


def _first_runs(board: Any) -> tuple[list[str], dict[str, dict[str, np.ndarray]]]:
    """The cases that count, and label -> case -> bool[items] of the first seed."""
    cases = independent(board.cases)
    known: dict[str, dict[str, np.ndarray]] = {}
    for label in board.labels:
        mine = {case: runs[0] for case in cases if (runs := board.items(label, case))}
        mine = {case: right for case, right in mine.items() if len(right)}
        if mine:
            known[label] = mine
    return cases, known


def _counted(
    labels: list[str], cases: list[str], known: dict[str, dict[str, np.ndarray]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Over all cases: b of each pair, items that a pair shares, share right, and what all share."""
    b = np.zeros((len(labels), len(labels)), int)
    items = np.zeros_like(b)
    whole = []
    for case in cases:
        sizes = np.array([len(known[label].get(case, ())) for label in labels])
        for size in set(sizes[sizes > 0]):
            mine = np.flatnonzero(sizes == size)
            table = np.array([known[labels[i]][case] for i in mine])
            b[np.ix_(mine, mine)] += discordant(table)
            items[np.ix_(mine, mine)] += size
            if len(mine) == len(labels):
                whole.append(table)
    right = [np.concatenate(list(known[label].values())) for label in labels]
    shared = np.concatenate(whole, axis=1) if whole else np.zeros((len(labels), 0), bool)
    return b, items, np.array([each.mean() for each in right]), shared


def _first_pairs(one: np.ndarray, two: np.ndarray, correct: np.ndarray, p: np.ndarray) -> list[int]:
    """All pairs, surest first; of many, those of the solver that is right most often."""
    chosen = np.flatnonzero(~np.isnan(p))
    if len(chosen) > _PAIRS:
        best = int(np.argmax(correct))
        chosen = chosen[(one[chosen] == best) | (two[chosen] == best)]
    return [int(k) for k in chosen[np.argsort(p[chosen], kind="stable")]]


def _row(
    labels: list[str],
    b: np.ndarray,
    items: np.ndarray,
    one: int,
    two: int,
    p: float,
    adjusted: float,
    correct: np.ndarray,
) -> dict[str, Any]:
    if b[two, one] > b[one, two]:
        one, two = two, one
    middle, low, high = difference(int(b[one, two]), int(b[two, one]), int(items[one, two]))
    return {
        "label": labels[one],
        "other": labels[two],
        "difference": middle,
        "low": low,
        "high": high,
        "only": int(b[one, two]),
        "only_other": int(b[two, one]),
        "items": int(items[one, two]),
        "p": p,
        "adjusted": adjusted,
        "right": float(correct[one]),
    }


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column("other", "Other", "solver"),
    Column(
        "difference",
        "More right",
        "share",
        "low",
        "high",
        note="share of the items by which the first is right more often",
    ),
    Column("only", "Only the first", "count", note="items that only the first gets right"),
    Column("only_other", "Only the other", "count", note="items that only the other gets right"),
    Column("items", "Items", "count", note="test items that both answered"),
    Column("right", "Right", "share", note="of the first, over all its items", better="high"),
    Column("p", "p", "probability", note="McNemar's test, mid-p"),
    Column("adjusted", "p (Holm)", "probability", note="adjusted for all pairs of the board"),
)


def _plots(
    labels: list[str],
    known: dict[str, dict[str, np.ndarray]],
    one: np.ndarray,
    two: np.ndarray,
    adjusted: np.ndarray,
) -> tuple[Plot, ...]:
    accuracy: dict[str, list[Any]] = {name: [] for name in ("label", "x", "low", "high")}
    for label in labels:
        right = np.concatenate(list(known[label].values()))
        found = intervals.share(int(right.sum()), len(right))
        for name, value in zip(accuracy, (label, found.value, found.low, found.high), strict=True):
            accuracy[name].append(value)
    cells: dict[str, list[Any]] = {name: [] for name in ("row", "column", "value")}
    for i, j, value in zip(one, two, adjusted, strict=True):
        if max(i, j) < _SHOWN and not np.isnan(value):
            for row, column in ((i, j), (j, i)):
                cells["row"].append(labels[row])
                cells["column"].append(labels[column])
                cells["value"].append(float(value))
    return (
        Plot(
            "intervals",
            "items-right",
            "Share of test items that are right",
            Axis("share of items", "share"),
            Axis("", "solver"),
            accuracy,
            note=(
                "95 % intervals (Wilson) of each solver by itself: two may overlap and differ "
                "nevertheless, as they answer the same items."
            ),
        ),
        Plot(
            "matrix",
            "mcnemar",
            "McNemar's test",
            Axis("p (Holm)", "probability", low=0.0, high=1.0),
            Axis("", "solver"),
            cells,
            note="Mid-p values, adjusted by Holm's method for all pairs of the board.",
            middle=0.05,
        ),
    )


def _summary(
    labels: list[str], q: float, overall: float, items: int, p: np.ndarray, adjusted: np.ndarray
) -> str:
    pairs = int((~np.isnan(p)).sum())
    told = (
        f"{found_different(adjusted)} of {pairs} pairs of solvers differ on the items that they "
        "get right (McNemar's test, 5 % over all pairs by Holm's method)."
    )
    if np.isnan(q):
        return f"{told} No items are shared by all solvers, so that there is no test over all."
    verdict = "are not all equally often right" if overall < 0.05 else "could all be equally right"
    return (
        f"On the {items} test items that all {len(labels)} solvers answered they {verdict} "
        f"(Cochran's Q {q:.4g}, p {overall:.2g}). {told}"
    )


def _notes(
    board: Any,
    labels: list[str],
    cases: list[str],
    rows: list[dict[str, Any]],
    p: np.ndarray,
) -> tuple[str, ...]:
    said = ["It speaks of these predictions: of each solver's first seed, trained once."]
    if len(cases) < len(board.cases):
        said.append(
            f"{len(board.cases) - len(cases)} of {len(board.cases)} cases are left out, as they "
            "test on items of other cases, or on what was trained on."
        )
    if len(rows) < int((~np.isnan(p)).sum()):
        said.append(
            "The table holds the pairs of the solver that is right most often; p-values are "
            "adjusted for all pairs."
        )
    if len(labels) > _SHOWN:
        said.append(f"The matrix shows the first {_SHOWN} solvers of the leaderboard.")
    gone = [label for label in board.labels if label not in labels]
    if gone:
        said.append(f"Left out, as their records tell of no items: {', '.join(gone)}.")
    return tuple(said)
