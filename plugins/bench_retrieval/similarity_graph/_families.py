"""The families of cases: each makes points and their hidden classes.

A function here has the name of its family in `problem.py`.
"""

import numpy as np

from bench_retrieval import _archives
from harness.api import Case, InvalidCase

Made = tuple[np.ndarray, np.ndarray]


def iris(case: Case, rng: np.random.Generator) -> Made:
    """150 flowers, 4 measures, 3 classes."""
    return _shipped("load_iris", case, rng)


def wine(case: Case, rng: np.random.Generator) -> Made:
    """178 wines, 13 measures of very different scales, 3 classes."""
    return _shipped("load_wine", case, rng)


def digits(case: Case, rng: np.random.Generator) -> Made:
    """1,797 handwritten digits, 64 pixels, 10 classes."""
    return _shipped("load_digits", case, rng)


def groups(case: Case, rng: np.random.Generator) -> Made:
    """Gaussian groups about normal means; a share of all entries is replaced by gross outliers.

    An outlier is 30 times a Cauchy variable, which has no mean.
    """
    for name in ("n", "groups", "dim"):
        if case.parameters[name] < 1:
            raise InvalidCase(
                f"{name} is {case.parameters[name]}, expected at least 1: choose a larger {name}"
            )
    if case.noise < 0:
        raise InvalidCase(f"noise is {case.noise}, expected at least 0: choose a larger noise")
    if not 0 <= case.outliers <= 1:
        raise InvalidCase(
            f"outliers is {case.outliers}, expected 0 to 1: choose a share of entries"
        )
    means = rng.normal(size=(case.groups, case.dim))
    labels = rng.integers(case.groups, size=case.n)
    points = means[labels] + case.noise * rng.normal(size=(case.n, case.dim))
    gross = rng.random(points.shape) < case.outliers
    points[gross] = 30 * rng.standard_cauchy(np.count_nonzero(gross))
    return points, labels


def file(case: Case, rng: np.random.Generator) -> Made:
    """The user's own points: a .npz file with points, float[n, d], and labels, integers[n]."""
    points, labels = _archives.read(case.path, ("points", "labels"), "points")
    return points, labels


def _shipped(name: str, case: Case, rng: np.random.Generator) -> Made:
    from sklearn import datasets

    points, labels = getattr(datasets, name)(return_X_y=True)
    if not 1 <= case.n <= len(points):
        raise InvalidCase(
            f"n is {case.n}, expected 1 to {len(points)}, the number of objects: choose another n"
        )
    kept = np.sort(rng.permutation(len(points))[: case.n])
    return points[kept], labels[kept]
