"""5x2 cross-validation: whether two solvers differ beyond what other training data would change.

The data are shuffled five times and cut in halves; each half trains in turn and the other tests,
which gives ten differences of costs p_ij, i = 1..5, j = 1, 2. With the mean of each pair and the
squared deviations s_i^2 from it, the combined F test takes f = sum p_ij^2 / (2 sum s_i^2), F with
10 and 5 degrees of freedom. The older t test, p_11 / sqrt(sum s_i^2 / 5) with 5 degrees, uses only
the first of the ten in its numerator, and so hangs on which half came first (here: split 0, half
0); it is shown beside, and has less power.

The corrected resampled t test takes all J differences: mean / sqrt((1 / J + n_test / n_train) s^2),
with J - 1 degrees of freedom. The term n_test / n_train stands for what the training sets share;
without it, as in the plain paired t test over folds, a test at 5 % rejects equal solvers in more
than half of all cases (.59 and .60 for 30 splits of 90 and 300 items, measured by simulation; .04
and .05 with the term). Its interval is that of the difference which leads here.

A family of cases declares its resamples by the parameters `split` and `half`, both with default 0
(see the documentation of plugins). Costs are compared, whatever they are; of several seeds the
mean. A solver that failed on a resample, or was not run on it, has no difference there: it is left
out on that data set.

With small data sets (90 items) both 5x2 tests reject equal solvers too often (.08 and .09 at 5 %),
as s_i^2 is often tiny. Where all s_i^2 are zero they are undefined, unless all differences are
zero too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench_statistics._resamples import found_different, holm, mean_cost, resamples
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic

_FIVE = [(split, half) for split in range(5) for half in range(2)]
_LEAST = 3  # resamples of a t test
_ROWS = 30  # more pairs are those of the solver with the least cost
_EXACT = 1e-12  # of the largest difference; what rounding may leave of a spread of zero


def combined_f(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Alpaydin's f and its p-value; 0 and 1 where nothing differs, NaN where only the spread is 0.

    Args:
        p: float[..., 5, 2], differences of costs.
    """
    from scipy.stats import f

    spread = _spread(p).sum(axis=-1)
    value = _divided((p**2).sum(axis=(-2, -1)), 2 * spread)
    return value, _certain(value, f.sf(value, 10, 5))


def first_t(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Dietterich's t and its two-sided p-value; as `combined_f` where the spread is zero."""
    from scipy.stats import t

    value = _divided(p[..., 0, 0], np.sqrt(_spread(p).sum(axis=-1) / 5))
    value = np.where((p == 0).all(axis=(-2, -1)), 0.0, value)
    return value, _certain(value, 2 * t.sf(np.abs(value), 5))


def _spread(p: np.ndarray) -> np.ndarray:
    """s_i^2 of each split, float[..., 5]."""
    apart = (p[..., 0] - p[..., 1]) ** 2 / 2
    most = np.abs(p).max(axis=(-2, -1), initial=0.0)[..., None]
    return np.where(apart <= (_EXACT * most) ** 2, 0.0, apart)


def _divided(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """one / two; 0 where both are zero, NaN where only two is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(two > 0, one / two, np.where(one == 0, 0.0, np.nan))


def _certain(value: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.where(value == 0, 1.0, p)


def corrected_t(d: np.ndarray, share: float) -> tuple[np.ndarray, ...]:
    """Nadeau and Bengio's test of the mean difference over resamples.

    Args:
        d: float[..., resamples], differences.
        share: items tested / items trained on.

    Returns:
        mean, half the width of its 95 % interval, t and its two-sided p-value, float[...] each.
        Equal differences give p = 1 where they are zero, else NaN: their spread can't be told.
    """
    from scipy.stats import t

    count = d.shape[-1]
    middle, spread = d.mean(axis=-1), d.var(axis=-1, ddof=1)
    none = spread <= (_EXACT * np.abs(d).max(axis=-1, initial=0.0)) ** 2
    error = np.where(none, 0.0, np.sqrt((1 / count + share) * spread))
    value = _divided(middle, error)
    reach = np.where(np.isnan(value), np.nan, t.ppf(0.975, count - 1) * error)
    return middle, reach, value, _certain(value, 2 * t.sf(np.abs(value), count - 1))


@dataclass(frozen=True)
class _Tests:
    """The tests of all pairs on one data set; arrays are float[pairs]."""

    data: str
    resamples: int
    labels: list[str]
    cost: np.ndarray  # float[solvers]
    one: np.ndarray
    two: np.ndarray
    middle: np.ndarray
    reach: np.ndarray
    t: np.ndarray
    p: np.ndarray
    f: np.ndarray
    f_p: np.ndarray
    first: np.ndarray
    first_p: np.ndarray


class FiveByTwo(Statistic):
    """The combined 5x2cv F test and the corrected resampled t test for each pair."""

    title = "5x2 cross-validation"
    group = "prediction"
    source = (
        "Alpaydin, Combined 5x2 cv F Test, Neural Computation 11 (1999); Nadeau and Bengio, "
        "Inference for the Generalization Error, Machine Learning 52 (2003)"
    )
    papers = ("model-evaluation-model-selection-algorithm",)

    def compute(self, board: Any) -> Finding:
        sets = resamples(board.cases, "split", "half")
        if not sets:
            raise NotApplicable(
                "No cases resample one data set; a family declares that by its parameters `split` "
                "and `half`."
            )
        costs = mean_cost(board)
        tests = [
            done
            for data, cases in sets.items()
            if (done := _tests(board, data, cases, costs)) is not None
        ]
        if not tests:
            raise NotApplicable(
                f"No two solvers solved all resamples of a data set that has {_LEAST} or more."
            )
        adjusted = holm(np.concatenate([done.f_p for done in tests]))
        adjusted_t = holm(np.concatenate([done.p for done in tests]))
        rows = _rows(tests, adjusted, adjusted_t)
        return Finding(
            _summary(tests, adjusted, adjusted_t),
            _COLUMNS,
            rows,
            (_plot(rows),),
            _notes(board, tests, rows),
        )


def _tests(
    board: Any,
    data: str,
    cases: dict[tuple[int, ...], str],
    costs: dict[tuple[str, str], float],
) -> _Tests | None:
    keys = sorted(cases)
    table = np.array(
        [[costs.get((label, cases[key]), np.nan) for key in keys] for label in board.labels]
    )
    whole = np.flatnonzero(~np.isnan(table).any(axis=1))
    if len(whole) < 2 or len(keys) < _LEAST:
        return None
    one, two = (whole[index] for index in np.triu_indices(len(whole), 1))
    apart = table[one] - table[two]
    middle, reach, t, p = corrected_t(apart, _tested_share(board, cases[keys[0]], keys))
    nothing = np.full(len(one), np.nan)
    f, f_p, first, first_p = nothing, nothing, nothing, nothing
    if set(_FIVE) <= set(keys):
        grid = apart[:, [keys.index(key) for key in _FIVE]].reshape(-1, 5, 2)
        f, f_p = combined_f(grid)
        first, first_p = first_t(grid)
    cost = table.mean(axis=1)
    labels = list(board.labels)
    return _Tests(
        *(data, len(keys), labels, cost, one, two, middle, reach, t, p, f, f_p, first, first_p)
    )


def _tested_share(board: Any, case: str, keys: list[tuple[int, ...]]) -> float:
    """Items tested / trained on: as the sizes tell, 1 for halves; NaN where neither tells."""
    sizes = board.sizes(case)
    if sizes.get("train", 0) > 0 and sizes.get("test", 0) > 0:
        return float(sizes["test"] / sizes["train"])
    return 1.0 if any(half for _, half in keys) else math.nan


def _rows(
    tests: list[_Tests], adjusted: np.ndarray, adjusted_t: np.ndarray
) -> list[dict[str, Any]]:
    """Pairs, surest first; where they are many, of each data set those of its best solver."""
    many = len(adjusted) > _ROWS
    rows: list[dict[str, Any]] = []
    start = 0
    for done in tests:
        best = int(np.nanargmin(done.cost))
        for k in range(len(done.one)):
            if not many or best in (done.one[k], done.two[k]):
                rows.append(_row(done, k, float(adjusted[start + k]), float(adjusted_t[start + k])))
        start += len(done.one)
    rows.sort(key=lambda row: [np.inf if row[n] != row[n] else row[n] for n in ("f_p", "p")])
    return rows


def _row(done: _Tests, k: int, adjusted: float, adjusted_t: float) -> dict[str, Any]:
    """The solver with the smaller cost comes first; differences are by how much it is smaller."""
    middle = float(done.middle[k])
    first, other = int(done.one[k]), int(done.two[k])
    sign = -1.0 if middle <= 0 else 1.0
    if sign > 0:
        first, other = other, first
    return {
        "label": done.labels[first],
        "other": done.labels[other],
        "data": done.data,
        "difference": abs(middle),
        "low": abs(middle) - float(done.reach[k]),
        "high": abs(middle) + float(done.reach[k]),
        "f": float(done.f[k]),
        "f_p": float(done.f_p[k]),
        "adjusted": adjusted,
        "first_t": sign * float(done.first[k]),
        "first_p": float(done.first_p[k]),
        "t": sign * float(done.t[k]),
        "p": float(done.p[k]),
        "adjusted_t": adjusted_t,
        "resamples": done.resamples,
    }


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column("other", "Other", "solver"),
    Column("data", "Data", "text"),
    Column(
        "difference",
        "Cost less by",
        "number",
        "low",
        "high",
        note="mean over resamples; the interval is that of the corrected resampled t test",
    ),
    Column("f", "F", "number", note="combined 5x2cv F test"),
    Column("f_p", "p of F", "probability"),
    Column("adjusted", "p of F (Holm)", "probability", note="adjusted for all pairs"),
    Column("t", "Corrected t", "number", note="over all resamples"),
    Column("p", "p of t", "probability"),
    Column("adjusted_t", "p of t (Holm)", "probability", note="adjusted for all pairs"),
    Column("first_t", "5x2 t", "number", note="Dietterich's, by the first difference alone"),
    Column("first_p", "p of 5x2 t", "probability"),
    Column("resamples", "Resamples", "count"),
)


def _plot(rows: list[dict[str, Any]]) -> Plot:
    shown = [row for row in rows if np.isfinite(row["low"])]
    return Plot(
        "intervals",
        "differences",
        "Differences of pairs",
        Axis("cost of the second - cost of the first"),
        Axis("", "text"),
        {
            "label": [f"{row['label']} - {row['other']}" for row in shown],
            "x": [row["difference"] for row in shown],
            "low": [row["low"] for row in shown],
            "high": [row["high"] for row in shown],
            "view": [row["data"] for row in shown],
        },
        note=(
            "95 % intervals of the corrected resampled t test, for each pair by itself. Pairs of "
            "which every resample gave the same difference have none."
        ),
        picker="data set",
    )


def _summary(tests: list[_Tests], adjusted: np.ndarray, adjusted_t: np.ndarray) -> str:
    whole = int((~np.isnan(adjusted)).sum())
    name, used = ("combined 5x2cv F test", adjusted) if whole else ("corrected t test", adjusted_t)
    pairs = int((~np.isnan(used)).sum())
    where = tests[0].data if len(tests) == 1 else f"{len(tests)} data sets"
    if not pairs:
        return f"On {where} no test could be made."
    return (
        f"On {where} {found_different(used)} of {pairs} pairs of solvers differ beyond what other "
        f"training data would change ({name}, 5 % over all pairs by Holm's method)."
    )


def _notes(board: Any, tests: list[_Tests], rows: list[dict[str, Any]]) -> tuple[str, ...]:
    said = []
    if any(np.isnan(done.f).all() for done in tests):
        said.append(
            "The F test needs the splits 0 to 4 with the halves 0 and 1, and a spread above zero; "
            "where it is missing, one of these is."
        )
    if any(np.isnan(done.p).all() for done in tests):
        said.append(
            "The corrected test needs to know how many items were trained on: halves, or the sizes "
            "`train` and `test` of the instances."
        )
    if len(rows) < sum(len(done.one) for done in tests):
        said.append(
            "The table holds the pairs of the solver with the least cost on each data set; "
            "p-values are adjusted for all pairs."
        )
    told = {label for done in tests for label in np.array(done.labels)[np.r_[done.one, done.two]]}
    gone = [label for label in board.labels if label not in told]
    if gone:
        said.append(f"Left out, as a resample failed or was not run: {', '.join(gone)}.")
    return tuple(said)
