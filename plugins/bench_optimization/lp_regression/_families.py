"""The families of cases: each turns a case into rows, targets and a start near 0.

A function here has the name of its family in `problem.py`.
"""

import numpy as np

from harness.api import Case, InvalidCase

Made = tuple[np.ndarray, np.ndarray, np.ndarray]

_START = 0.01  # standard deviation of the start's entries


def plane(case: Case, rng: np.random.Generator) -> Made:
    """Two weights, each with a target of its own, from (0.01, 0.01)."""
    return np.eye(2), np.array([case.first, case.second], float), np.full(2, _START)


def factors(case: Case, rng: np.random.Generator) -> Made:
    """Columns that are mixtures of a few hidden factors, with a little noise each, standardised."""
    if not case.factors > 0 or not case.spread > 0 or not case.noise >= 0:
        raise InvalidCase(
            f"factors is {case.factors}, spread {case.spread} and noise {case.noise}; expected at "
            "least 1, above 0, and at least 0"
        )
    hidden = rng.normal(size=(case.n, case.factors))
    rows = hidden @ rng.normal(size=(case.factors, case.d))
    rows = _standardised(rows + case.spread * rng.normal(size=rows.shape))
    targets = rows @ rng.normal(size=case.d)
    targets = _standardised(targets) + case.noise * rng.normal(size=case.n)
    return rows, targets, _START * rng.normal(size=case.d)


def real(case: Case, rng: np.random.Generator) -> Made:
    """Measurements and a target of real data, each of mean 0 and variance 1."""
    from sklearn import datasets

    loaders = {"diabetes": datasets.load_diabetes, "digits": datasets.load_digits}
    if case.name not in loaders:
        raise InvalidCase(f"name is {case.name!r}, expected one of {', '.join(loaders)}")
    rows, targets = loaders[case.name](return_X_y=True)
    rows = _standardised(rows[:, rows.std(axis=0) > 0])
    return rows, _standardised(targets), _START * rng.normal(size=rows.shape[1])


def _standardised(values: np.ndarray) -> np.ndarray:
    spread = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
