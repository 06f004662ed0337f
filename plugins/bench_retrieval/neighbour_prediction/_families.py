"""Cases of prediction: points, labels, queries, and the truth about the queries."""

from pathlib import Path
from typing import Any

import numpy as np

from harness.api import Case, InvalidCase

_LARGEST = 1e6  # deviation, which leaves digits for what is not noise

Made = tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]


def gaussians(case: Case, rng: np.random.Generator) -> Made:
    """Two classes, equally frequent: N(0, I), and N((1, ..., 1), deviation^2 I)."""
    _at_least(case, n=1, d=1, queries=1)
    if not 0 < case.deviation <= _LARGEST:
        raise InvalidCase(
            f"deviation is {case.deviation}, expected a number above 0, at most {_LARGEST:g}: "
            "choose 1, say"
        )
    total = case.n + case.queries
    labels = rng.integers(2, size=total)
    points = rng.standard_normal((total, case.d))
    points[labels == 1] = 1 + case.deviation * points[labels == 1]
    queries = points[case.n :]
    # The better class is that of the larger density.
    first = -(queries**2).sum(axis=1) / 2
    second = -((queries - 1) ** 2).sum(axis=1) / (2 * case.deviation**2)
    bayes = (second - case.d * np.log(case.deviation) > first).astype(np.int64)
    truth = {"labels": labels[case.n :], "bayes": bayes}
    return points[: case.n], labels[: case.n], queries, truth


def smooth(case: Case, rng: np.random.Generator) -> Made:
    """sin(3 x) + |y| on the square [-1, 1]^2, with Gaussian noise on the labels."""
    _at_least(case, n=1, noise=0, queries=1)
    if not case.noise <= _LARGEST:
        raise InvalidCase(f"noise is {case.noise}, expected at most {_LARGEST:g}: choose 0.5, say")
    points = rng.uniform(-1, 1, size=(case.n + case.queries, 2))
    values = np.sin(3 * points[:, 0]) + np.abs(points[:, 1])
    labels = values[: case.n] + case.noise * rng.standard_normal(case.n)
    return points[: case.n], labels, points[case.n :], {"values": values[case.n :]}


def digits(case: Case, rng: np.random.Generator) -> Made:
    """Handwritten digits of 8 x 8 pixels, ten classes; what is not drawn is held out."""
    from sklearn.datasets import load_digits

    return _held_out(*load_digits(return_X_y=True), case, rng)


def breast_cancer(case: Case, rng: np.random.Generator) -> Made:
    """Measures of cell nuclei, each with variance one; two classes."""
    from sklearn.datasets import load_breast_cancer

    points, labels = load_breast_cancer(return_X_y=True)
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    return _held_out(points, labels, case, rng)


def file(case: Case, rng: np.random.Generator) -> Made:
    """The user's own points, a .npy file whose last column is the class, from 0."""
    if not case.path:
        raise InvalidCase("the family 'file' needs points: write file[path=my.npy,n=100]")
    path = Path(case.path).expanduser()
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InvalidCase(
            f"{case.path} cannot be read as an array of numbers ({error}); expected a .npy file "
            "as numpy.save writes it"
        ) from None
    if not isinstance(found, np.ndarray) or found.ndim != 2 or found.dtype.kind not in "fiu":
        raise InvalidCase(
            f"{case.path} holds no matrix of real numbers; expected a row for each point"
        )
    if found.shape[1] < 2:
        raise InvalidCase(
            f"{case.path} has {found.shape[1]} columns, expected coordinates and the class"
        )
    labels = found[:, -1]
    if not ((labels >= 0) & (labels < 1000) & (labels == np.rint(labels))).all():
        raise InvalidCase(
            f"the last column of {case.path} holds other numbers than classes, expected whole "
            "numbers 0..999: number the classes from 0"
        )
    return _held_out(np.asarray(found[:, :-1], np.float64), labels, case, rng)


def _held_out(points: np.ndarray, labels: np.ndarray, case: Case, rng: np.random.Generator) -> Made:
    _at_least(case, n=1)
    if case.n >= len(points):
        raise InvalidCase(
            f"{case.family} has {len(points)} points, got n={case.n}: leave at least one to predict"
        )
    order, labels = rng.permutation(len(points)), labels.astype(np.int64)
    known, asked = order[: case.n], order[case.n :]
    return points[known], labels[known], points[asked], {"labels": labels[asked]}


def _at_least(case: Case, **least: float) -> None:
    for name, smallest in least.items():
        value = case.parameters[name]
        if not value >= smallest:
            raise InvalidCase(
                f"{name} is {value}, expected at least {smallest}: choose a larger {name}"
            )
