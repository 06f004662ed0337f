"""The cases: a function for each family, which returns the data that solvers get.

All losses are sums, not means. Nothing is standardised but the real measures, whose units mean
nothing; digits are divided by 16, their largest value.
"""

import math
from typing import Any

import numpy as np

from harness.api import Case, InvalidCase

Values = dict[str, Any]


def uneven(case: Case, rng: np.random.Generator) -> Values:
    """Least squares with correlated columns of very different lengths, most weights zero.

    Entries N(0, 1) + 1, each kept with chance `density` (0: 10 ln n / n), columns times 10 N(0, 1),
    targets from weights N(0, 1) of which nine in ten are 0, noise N(0, 1). `share` of the penalty
    at which all is 0 is l1; with it, `nonnegative` allows x >= 0 only.
    """
    m, n = _count(case, "rows"), _count(case, "columns")
    density = case.density or min(1.0, 10 * math.log(max(n, 2)) / n)
    if not 0 < density <= 1:
        raise InvalidCase(f"density = {case.density}; expected a share from 0 (choose) to 1")
    if not 0 <= case.share <= 1:
        raise InvalidCase(f"share = {case.share}; expected a share from 0 to 1")
    kept = np.sort(rng.choice(m * n, max(1, round(density * m * n)), replace=False))
    columns, rows = np.divmod(kept, m)
    values = (rng.normal(size=len(kept)) + 1) * (10 * rng.normal(size=n))[columns]
    weights = rng.normal(size=n) * (rng.random(n) < 0.1)
    target = np.bincount(rows, values * weights[columns], minlength=m) + rng.normal(size=m)
    if density < 0.5:
        starts = np.searchsorted(columns, np.arange(n + 1))
        data = sparse(m, n, values, rows, starts)
    else:
        matrix = np.zeros((m, n))
        matrix[rows, columns] = values
        data = dense(matrix)
    slopes = np.bincount(columns, values * target[rows], minlength=n)
    most = slopes.max() if case.nonnegative else np.abs(slopes).max()
    return whole(
        data,
        loss="squares",
        target=target,
        l1=case.share * max(float(most), 0.0),
        nonnegative=bool(case.nonnegative),
    )


def lattice(case: Case, rng: np.random.Generator) -> Values:
    """Labels spread over a square lattice: the quadratic of a graph.

    Each edge between neighbours of which at most one is labelled is a row, sqrt(weight) times the
    difference of its ends; the labels are N(0, 100^2). The other nodes are the coordinates.
    """
    side, labels = _count(case, "side"), _count(case, "labels")
    if not labels < side * side or not case.weight > 0:
        raise InvalidCase(
            f"labels = {labels}, weight = {case.weight}; expected fewer labels than the "
            f"{side * side} nodes, and a weight above 0"
        )
    node = np.arange(side * side).reshape(side, side)
    ends = np.concatenate(
        [
            np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], axis=1),
            np.stack([node[:-1].ravel(), node[1:].ravel()], axis=1),
        ]
    )
    label = np.zeros(side * side)
    labelled = np.zeros(side * side, bool)
    chosen = rng.choice(side * side, labels, replace=False)
    labelled[chosen], label[chosen] = True, rng.normal(scale=100, size=labels)
    ends = ends[~labelled[ends].all(axis=1)]
    number = np.cumsum(~labelled) - 1
    root = math.sqrt(case.weight)
    target = root * (label[ends[:, 1]] - label[ends[:, 0]])  # labels moved to the right-hand side
    row, side_of = np.nonzero(~labelled[ends])
    column = number[ends[row, side_of]]
    values = root * np.where(side_of == 0, 1.0, -1.0)
    order = np.lexsort((row, column))
    n = int((~labelled).sum())
    starts = np.searchsorted(column[order], np.arange(n + 1))
    return whole(sparse(len(ends), n, values[order], row[order], starts), "squares", target)


def breast_cancer(case: Case, rng: np.random.Generator) -> Values:
    """Benign or malignant (569 x 30), logistic; `share` of the least l1 at which all is 0."""
    from sklearn.datasets import load_breast_cancer

    found = load_breast_cancer()
    matrix = (found.data - found.data.mean(axis=0)) / found.data.std(axis=0)
    signs = np.where(found.target == 1, 1.0, -1.0)
    return _logistic(case, dense(matrix), signs, matrix.T @ signs)


def digit_parity(case: Case, rng: np.random.Generator) -> Values:
    """Odd or even digits (1797 x 64, half of them zeros), logistic."""
    from sklearn.datasets import load_digits

    found = load_digits()
    matrix, signs = found.data / 16, np.where(found.target % 2 == 1, 1.0, -1.0)
    return _logistic(case, dense(matrix), signs, matrix.T @ signs)


def words(case: Case, rng: np.random.Generator) -> Values:
    """Sparse logistic data as of texts: columns as frequent as words are, rows of equal length.

    Column j is in a row with chance proportional to 1 / (j + 10); a row's entries are equal and of
    sum of squares 1; labels are drawn from the logistic law of weights N(0, 25).
    """
    m, n, length = (_count(case, name) for name in ("rows", "columns", "length"))
    chance = 1 / np.arange(10, n + 10)
    drawn = rng.choice(n, size=(m, length), p=chance / chance.sum())
    pairs = np.unique(drawn * m + np.arange(m)[:, None])
    columns, rows = np.divmod(pairs, m)
    values = 1 / np.sqrt(np.bincount(rows, minlength=m))[rows]
    weights = 5 * rng.normal(size=n)
    margins = np.bincount(rows, values * weights[columns], minlength=m)
    signs = np.where(rng.random(m) < 1 / (1 + np.exp(-margins)), 1.0, -1.0)
    data = sparse(m, n, values, rows, np.searchsorted(columns, np.arange(n + 1)))
    return _logistic(case, data, signs, np.bincount(columns, values * signs[rows], minlength=n))


def digits(case: Case, rng: np.random.Generator) -> Values:
    """The ten digits (the first `rows` of 1797, 64 features), softmax: 640 coordinates."""
    from sklearn.datasets import load_digits

    found = load_digits()
    m = min(_count(case, "rows"), len(found.target))
    return whole(
        dense(found.data[:m] / 16),
        "softmax",
        found.target[:m].astype(np.int64),
        classes=10,
        l2=_penalty(case, "l2"),
    )


def unmixing(case: Case, rng: np.random.Generator) -> Values:
    """A mixture of non-negative spectra, to be told apart: least squares on the simplex.

    The spectra are smoothed, so that neighbours resemble each other; `parts` of them are mixed with
    shares drawn from the uniform law, and noise is added.
    """
    m, n, parts = (_count(case, name) for name in ("rows", "columns", "parts"))
    if parts > n:
        raise InvalidCase(f"parts = {parts}; expected at most as many as columns, {n}")
    spectra = rng.exponential(size=(m + 4, n))
    spectra = sum(spectra[shift : shift + m] for shift in range(5)) / 5
    shares = np.zeros(n)
    shares[rng.choice(n, parts, replace=False)] = rng.dirichlet(np.ones(parts))
    target = spectra @ shares + 0.02 * rng.normal(size=m)
    return whole(dense(spectra), "squares", target, simplex=True)


def _logistic(case: Case, data: Values, signs: np.ndarray, slopes: np.ndarray) -> Values:
    if not 0 <= case.share <= 1:
        raise InvalidCase(f"share = {case.share}; expected a share from 0 to 1")
    l1 = case.share * float(np.abs(slopes).max()) / 2
    return whole(data, "logistic", signs, l1=l1, l2=_penalty(case, "l2"))


def sparse(m: int, n: int, values: Any, rows: Any, starts: Any) -> Values:
    """A as its columns: column j holds values[t] in rows[t] for starts[j] <= t < starts[j + 1]."""
    return {
        "shape": (m, n),
        "values": np.asarray(values, np.float64),
        "rows": np.asarray(rows, np.int32),
        "starts": np.asarray(starts, np.int64),
    }


def dense(matrix: np.ndarray) -> Values:
    """A as one array of m x n."""
    return {"shape": matrix.shape, "matrix": np.ascontiguousarray(matrix, np.float64)}


def whole(
    data: Values,
    loss: str,
    target: np.ndarray,
    classes: int = 1,
    l1: float = 0.0,
    l2: float = 0.0,
    nonnegative: bool = False,
    simplex: bool = False,
) -> Values:
    """All that a solver sees; the start is 0, on the simplex its middle."""
    n = data["shape"][1] * classes
    start = np.full(n, 1 / n) if simplex else np.zeros(n)
    return {
        **data,
        "loss": loss,
        "target": target,
        "classes": classes,
        "l1": float(l1),
        "l2": float(l2),
        "nonnegative": nonnegative,
        "simplex": simplex,
        "start": start,
    }


def _count(case: Case, name: str) -> int:
    value = case.parameters[name]
    if value < 1:
        raise InvalidCase(f"{name} = {value}; expected at least 1")
    return int(value)


def _penalty(case: Case, name: str) -> float:
    value = float(case.parameters[name])
    if not value > 0 or not math.isfinite(value):
        raise InvalidCase(
            f"{name} = {value}; expected a finite number above 0, so that there is one optimum"
        )
    return value
