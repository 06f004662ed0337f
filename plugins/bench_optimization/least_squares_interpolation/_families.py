"""The families of cases: each turns a case into rows, targets and a start point.

A function here has the name of its family in `problem.py`. The hidden weights are standard normal.
"""

import numpy as np

from harness.api import Case, InvalidCase

Made = tuple[np.ndarray, np.ndarray, np.ndarray]


def unit_rows(case: Case, rng: np.random.Generator) -> Made:
    """Rows uniform on the unit sphere: well conditioned, and hard for every single sample."""
    rows = _unit(rng.normal(size=(case.n, case.d)))
    return _observed(rows, case.noise, rng)


def spectrum(case: Case, rng: np.random.Generator) -> Made:
    """Gaussian rows whose covariance has the eigenvalues 1..1/condition, in even ratios."""
    _at_least(case, condition=1)
    scales = np.geomspace(1.0, 1.0 / case.condition, case.d) ** 0.5
    return _observed(rng.normal(size=(case.n, case.d)) * scales, case.noise, rng)


def overparameterised(case: Case, rng: np.random.Generator) -> Made:
    """More weights than rows, from a random start: the nearest of many solutions is singled out."""
    if case.d < case.n:
        raise InvalidCase(f"d = {case.d} is less than n = {case.n}; expected at least as many")
    rows = rng.normal(size=(case.n, case.d)) / np.sqrt(case.d)
    targets = rows @ rng.normal(size=case.d)
    return rows, targets, rng.normal(size=case.d)


def duplicates(case: Case, rng: np.random.Generator) -> Made:
    """A few unit rows, the k-th of them about 1/k times as often as the first."""
    _at_least(case, distinct=1)
    weights = 1.0 / np.arange(1, case.distinct + 1)
    chosen = rng.choice(case.distinct, size=case.n, p=weights / weights.sum())
    return _observed(_unit(rng.normal(size=(case.distinct, case.d)))[chosen], 0.0, rng)


def rare(case: Case, rng: np.random.Generator) -> Made:
    """Unit rows, a few of which alone tell of the last directions."""
    if not 0 < case.rare < min(case.n, case.d):
        raise InvalidCase(
            f"rare = {case.rare}; expected 1..{min(case.n, case.d) - 1}, fewer than n and d"
        )
    rows = rng.normal(size=(case.n, case.d))
    rows[:, -case.rare :] = 0.0
    rows[: case.rare] = 0.0
    rows[: case.rare, -case.rare :] = np.eye(case.rare)
    return _observed(_unit(rows)[rng.permutation(case.n)], 0.0, rng)


def real(case: Case, rng: np.random.Generator) -> Made:
    """Measurements, each of mean 0 and variance 1, and a target that they do not meet."""
    from sklearn import datasets

    loaders = {"diabetes": datasets.load_diabetes, "digits": datasets.load_digits}
    if case.name not in loaders:
        raise InvalidCase(f"name is {case.name!r}, expected one of {', '.join(loaders)}")
    rows, targets = loaders[case.name](return_X_y=True)
    rows = rows[:, rows.std(axis=0) > 0]
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    targets = (targets - targets.mean()) / targets.std()
    return rows, targets, np.zeros(rows.shape[1])


def _observed(rows: np.ndarray, noise: float, rng: np.random.Generator) -> Made:
    """Targets of these rows, with normal noise, and the start 0."""
    if not noise >= 0:
        raise InvalidCase(f"noise = {noise}; expected a standard deviation, at least 0")
    targets = rows @ rng.normal(size=rows.shape[1])
    if noise:
        targets += noise * rng.normal(size=len(rows))
    return rows, targets, np.zeros(rows.shape[1])


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _at_least(case: Case, **least: float) -> None:
    for name, value in least.items():
        if not case.parameters[name] >= value:
            raise InvalidCase(
                f"{name} is {case.parameters[name]}, expected at least {value}: choose a larger one"
            )
