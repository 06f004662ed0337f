"""The .632+ bootstrap: the error of a solver trained on the whole data set.

A solver trained on a bootstrap resample has seen about .632 of the items; tested on the others it
errs too often (err_oob), tested on what it was trained on too seldom (err_app, of the solver
trained and tested on all items). The .632 estimate weighs them: .632 err_oob + .368 err_app. For a
solver that fits anything err_app is 0, and that is too good; .632+ weighs by how much it overfits.
With the no-information rate g (the error if labels and predictions had nothing to do with each
other, sum over classes of label share x (1 - share predicted)), err1 = min(err_oob, g) and the
overfitting rate R = (err1 - err_app) / (g - err_app), 0 unless err_app < err1, the weight is
w = .632 / (1 - .368 R), and the error (1 - w) err_app + w err1.

The weight is computed once, from the averages over resamples, as its authors do; averaging
estimates of single resamples, as some packages do, gives another number.

A family of cases declares its resamples by the parameter `boot`, with default 1: 0 trains and tests
on all items, b the b-th resample. Errors are shares of test items that are not right, as the
problem tells by `items`. The problem tells g on the case with `boot=0` by a secondary score
`no_information`; without it there is only the .632 estimate.

The interval holds the middle 95 % of the resamples: .632+ with err_oob of one resample, err_app and
w kept. It tells how much single resamples differ, needs some 50 of them, and covers the error only
roughly. Intervals of two solvers that overlap say nothing on their difference: the resamples are
the same for both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bench_statistics._resamples import resamples
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic, intervals

_SEEN = 0.632
_LEAST = 20  # resamples of an interval


def weight(apparent: float, out_of_bag: float, no_information: float) -> float:
    """w of the .632+ estimate: .632 without overfitting, up to 1."""
    least = min(out_of_bag, no_information)
    rate = 0.0
    if apparent < least:
        rate = (least - apparent) / (no_information - apparent)
    return _SEEN / (1 - (1 - _SEEN) * rate)


def estimate(apparent: float, out_of_bag: float, no_information: float = math.nan) -> float:
    """The .632+ estimate of the error; the .632 estimate where the no-information rate is NaN."""
    if math.isnan(no_information):
        return _SEEN * out_of_bag + (1 - _SEEN) * apparent
    w = weight(apparent, out_of_bag, no_information)
    return w * min(out_of_bag, no_information) + (1 - w) * apparent


class BootstrapError(Statistic):
    """Apparent, out-of-bag, .632 and .632+ error of each solver."""

    title = "Bootstrap error (.632+)"
    group = "prediction"
    source = (
        "Efron and Tibshirani, Improvements on Cross-Validation: The .632+ Bootstrap Method, "
        "JASA 92 (1997)"
    )
    papers = ("model-evaluation-model-selection-algorithm",)

    def compute(self, board: Any) -> Finding:
        sets = {
            data: cases for data, cases in resamples(board.cases, "boot").items() if (0,) in cases
        }
        if not sets:
            raise NotApplicable(
                "No cases resample one data set; a family declares that by its parameter `boot`."
            )
        told = _no_information(board)
        rows = []
        for data, cases in sets.items():
            for label in board.labels:
                row = _row(board, label, data, cases, told.get((label, cases[(0,)]), math.nan))
                if row is not None:
                    rows.append(row)
        if not rows:
            raise NotApplicable(
                "No solver has both a run on all items and one on a resample whose records tell "
                "which items were right."
            )
        rows.sort(key=lambda row: (list(sets).index(row["data"]), row["error"]))
        return Finding(_summary(rows), _COLUMNS, rows, (_plot(rows),), _notes(board, rows))


def _row(
    board: Any, label: str, data: str, cases: dict[tuple[int, ...], str], told: float
) -> dict[str, Any] | None:
    """The errors of a solver on a data set; None where a record lacks what they need."""
    apparent = _errors(board, label, cases[(0,)])
    each = [
        found
        for key, case in sorted(cases.items())
        if key != (0,) and (found := _errors(board, label, case)) is not None
    ]
    if apparent is None or not each:
        return None
    left_out = np.array(each)
    middle = float(left_out.mean())
    if math.isnan(told):
        w, most = _SEEN, math.inf
    else:
        w, most = weight(apparent, middle, told), told
    low = high = math.nan
    if len(each) >= _LEAST:
        low, high = (
            w * min(float(end), most) + (1 - w) * apparent
            for end in intervals.percentiles(left_out)
        )
    return {
        "label": label,
        "data": data,
        "error": estimate(apparent, middle, told),
        "low": low,
        "high": high,
        "plain": estimate(apparent, middle),
        "out_of_bag": middle,
        "apparent": apparent,
        "no_information": told,
        "weight": w,
        "resamples": len(each),
        "missing": len(cases) - 1 - len(each),
    }


def _errors(board: Any, label: str, case: str) -> float | None:
    """The share of wrong items, mean over seeds; a failed run got none right."""
    runs = [right for right in board.items(label, case) if len(right)]
    return float(np.mean([1 - right.mean() for right in runs])) if runs else None


def _no_information(board: Any) -> dict[tuple[str, str], float]:
    """(label, case) -> the mean over seeds of what the problem told, where it did."""
    found: dict[tuple[str, str], list[float]] = {}
    for row in board.traces.itertuples():
        if "no_information" in row.scores:
            found.setdefault((row.label, row.case), []).append(row.scores["no_information"])
    return {key: float(np.mean(values)) for key, values in found.items()}


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column("data", "Data", "text"),
    Column(
        "error",
        "Error",
        "share",
        "low",
        "high",
        note=".632+; .632 where the no-information rate is not told",
        better="low",
    ),
    Column("plain", ".632", "share", better="low"),
    Column("out_of_bag", "Out of bag", "share", note="too high on average", better="low"),
    Column("apparent", "Apparent", "share", note="on what was trained on: too low", better="low"),
    Column("no_information", "No information", "share", note="error of guesses at these shares"),
    Column("weight", "Weight", "number", note="of the out-of-bag error: .632 to 1"),
    Column("resamples", "Resamples", "count"),
)


def _plot(rows: list[dict[str, Any]]) -> Plot:
    return Plot(
        "intervals",
        "errors",
        "Error by .632+",
        Axis("share of items that are wrong", "share"),
        Axis("", "solver"),
        {
            "label": [row["label"] for row in rows],
            "x": [row["error"] for row in rows],
            "low": [row["low"] if row["low"] == row["low"] else row["error"] for row in rows],
            "high": [row["high"] if row["high"] == row["high"] else row["error"] for row in rows],
            "view": [row["data"] for row in rows],
        },
        note=(
            "The middle 95 % of the estimates of single resamples; none is drawn with less than "
            f"{_LEAST} of them."
        ),
        picker="data set",
    )


def _summary(rows: list[dict[str, Any]]) -> str:
    first = rows[0]
    sure = (
        f"the middle 95 % of {first['resamples']} resamples: {first['low']:.1%} to "
        f"{first['high']:.1%}"
        if first["low"] == first["low"]
        else f"by {first['resamples']} resamples, too few for an interval"
    )
    return (
        f"{first['label']} errs least on {first['data']}: an estimated {first['error']:.1%} of "
        f"items, trained on all of them ({sure})."
    )


def _notes(board: Any, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    said = []
    plain = sorted({row["data"] for row in rows if math.isnan(row["no_information"])})
    if plain:
        said.append(
            "No score `no_information` is told, so that the error is the .632 estimate, which is "
            f"too low for solvers that overfit: {', '.join(plain)}."
        )
    missing = sorted({row["label"] for row in rows if row["missing"]})
    if missing:
        said.append(f"Run on some of the resamples only: {', '.join(missing)}.")
    told = {row["label"] for row in rows}
    gone = [label for label in board.labels if label not in told]
    if gone:
        said.append(f"Left out, as they have no run on all items: {', '.join(gone)}.")
    return tuple(said)
