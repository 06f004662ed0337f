"""The cases: data of each objective, a start, and a minimum or a point from which to find one."""

import numpy as np

from harness.api import InvalidCase

_SETS = ("generated", "diabetes")


def reference(case, rng):
    """Phase retrieval of the size in the paper's experiments, drawn by numpy's old generator.

    z*, the rows and the start (+ 5) have entries of variance 1/2, the noise has standard deviation
    4; drawn in the order z*, rows, noise, start, from RandomState(1 + draw).
    """
    old = np.random.RandomState(1 + case.draw)
    planted = old.normal(0, np.sqrt(0.5), 100)
    rows = old.normal(0, np.sqrt(0.5), (3000, 100))
    targets = (rows @ planted) ** 2 + old.normal(0, 4, 3000)
    start = old.normal(0, np.sqrt(0.5), 100) + 5
    return _linked("phase", rows, targets), start, planted


def phase(case, rng):
    """Phase retrieval, (a_i . x)^2 near b_i, rows and x* of variance 1/2, a far start."""
    _at_least_one(case, "n", "dim")
    planted = rng.normal(0, np.sqrt(0.5), case.dim)
    rows = rng.normal(0, np.sqrt(0.5), (case.n, case.dim))
    targets = (rows @ planted) ** 2 + case.noise * rng.normal(size=case.n)
    start = rng.normal(0, np.sqrt(0.5), case.dim) + case.distance
    return _linked("phase", rows, targets), start, planted


def power(case, rng):
    """sum x_j^4 / 4 from a start whose entries are all the same; a component is a coordinate."""
    _at_least_one(case, "dim")
    data = _linked("quartic", np.eye(case.dim), np.zeros(case.dim), times=float(case.dim))
    return data, np.full(case.dim, float(case.distance)), np.zeros(case.dim)


def quartic(case, rng):
    """Means of (a_i . (x - x*))^4 / 4 with Gaussian rows."""
    data, start, planted = _planted(case, rng)
    return _linked("quartic", *data), start, planted


def cosh(case, rng):
    """Means of cosh(a_i . (x - x*)) - 1 with rows of length 1."""
    (rows, _), start, planted = _planted(case, rng)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return _linked("cosh", rows, rows @ planted), start, planted


def exponential(case, rng):
    """Means of exp(-b_i a_i . x), b_i = -1 or 1 by a noisy hyperplane, with a penalty on |x|^2."""
    _at_least_one(case, "n", "dim")
    if not case.penalty > 0:
        raise InvalidCase(f"penalty = {case.penalty}; expected one above 0: write penalty=0.01")
    rows = rng.normal(size=(case.n, case.dim)) / np.sqrt(case.dim)
    planted = rng.normal(size=case.dim)
    targets = np.where(rows @ planted + 0.5 * rng.normal(size=case.n) < 0, -1.0, 1.0)
    start = -case.distance * planted / np.linalg.norm(planted)
    return _linked("exponential", rows, targets, penalty=float(case.penalty)), start, None


def robust_regression(case, rng):
    """Chi-square robust least squares: the diabetes data, or Gaussian rows with heavy-tailed noise.

    Columns and targets have mean 0 and variance 1.
    """
    if case.data not in _SETS:
        raise InvalidCase(f"data = {case.data!r}; expected one of {', '.join(_SETS)}")
    if not case.lam > 0:
        raise InvalidCase(f"lam = {case.lam}; expected a weight above 0: write lam=0.1")
    if case.data == "diabetes":
        from sklearn.datasets import load_diabetes

        rows, targets = load_diabetes(return_X_y=True)
        if case.draw:
            raise InvalidCase("the diabetes data are there once only: leave draw out")
    else:
        _at_least_one(case, "n", "dim")
        rows = rng.normal(size=(case.n, case.dim))
        targets = rows @ rng.normal(size=case.dim) + rng.standard_t(3, case.n)
    rows = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + (rows.std(axis=0) == 0))
    targets = (targets - targets.mean()) / (targets.std() or 1.0)
    data = {"objective": "robust_regression", "rows": rows, "targets": targets}
    start = np.full(rows.shape[1] + 1, float(case.distance))
    start[-1] = 0.0
    return {**data, "lam": float(case.lam)}, start, None


def _planted(case, rng):
    """Gaussian rows with their values at x*, a start at a distance, x*."""
    _at_least_one(case, "n", "dim")
    rows, planted = rng.normal(size=(case.n, case.dim)), rng.normal(size=case.dim)
    away = rng.normal(size=case.dim)
    start = planted + case.distance * away / np.linalg.norm(away)
    return (rows, rows @ planted), start, planted


def _linked(name, rows, targets, times=1.0, penalty=0.0):
    described = {"objective": name, "rows": np.ascontiguousarray(rows), "targets": targets}
    return {**described, "times": times, "penalty": penalty}


def _at_least_one(case, *names):
    for name in names:
        given = getattr(case, name)
        if given < 1:
            raise InvalidCase(f"{name} = {given}; expected at least 1: write {name}=5")
