"""The families of cases: each turns a case into rows z_i = y_i a_i, separable, and labels y_i.

A function here has the name of its family in `problem.py`.
"""

import numpy as np

from harness.api import Case, InvalidCase

Made = tuple[np.ndarray, np.ndarray]  # float64[n, d]; labels -1 and +1, float64[n]

_DRAWS = 2000  # points for each that is wanted, before a margin is given up


def worst_case(case: Case, rng: np.random.Generator) -> Made:
    """One sample (0.5, -1) of class +1, and n - 1 times (-0.5, -1) of class -1; margin 0.5.

    The batch perceptron takes some 0.3 n steps on it.
    """
    _at_least(case, n=2)
    z = np.concatenate([[[0.5, -1.0]], np.tile([[0.5, 1.0]], (case.n - 1, 1))])
    return z, np.repeat([1.0, -1.0], [1, case.n - 1])


def imbalanced(case: Case, rng: np.random.Generator) -> Made:
    """n - 1 times (1, 0), and one (-1, 2 half_margin): the margin is a little below half_margin."""
    _at_least(case, n=2)
    if not 0 < case.half_margin < np.inf:
        raise InvalidCase(
            f"half_margin is {case.half_margin}, expected a number above 0: choose a larger one"
        )
    z = np.concatenate([np.tile([[1.0, 0.0]], (case.n - 1, 1)), [[-1.0, 2 * case.half_margin]]])
    return z, np.repeat([1.0, -1.0], [case.n - 1, 1])


def balanced(case: Case, rng: np.random.Generator) -> Made:
    """Random points of the unit sphere, `margin` or more from a random plane through its centre."""
    _at_least(case, n=1, dim=1)
    if not 0 <= case.margin <= 0.5:
        raise InvalidCase(f"margin is {case.margin}, expected 0 to 0.5: choose a margin in between")
    normal = _unit(rng.normal(size=(1, case.dim)))[0]
    found, labels = np.empty((0, case.dim)), np.empty(0)
    for _ in range(_DRAWS // 2):
        points = _unit(rng.normal(size=(2 * case.n, case.dim)))
        heights = points @ normal
        far = np.abs(heights) >= max(case.margin, 1e-9)
        signs = np.sign(heights[far])
        found = np.concatenate([found, points[far] * signs[:, None]])
        labels = np.concatenate([labels, signs])
        if len(found) >= case.n:
            return found[: case.n], labels[: case.n]
    raise InvalidCase(
        f"of {_DRAWS} n points less than n lie {case.margin} from a plane in {case.dim} "
        "dimensions: choose a smaller margin"
    )


def digits(case: Case, rng: np.random.Generator) -> Made:
    """Handwritten digits of two classes, 8 x 8 pixels, rows of length 1."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    if not {case.one, case.other} <= set(range(10)) or case.one == case.other:
        raise InvalidCase(
            f"one is {case.one} and other is {case.other}, expected two different digits 0..9"
        )
    chosen = (labels == case.one) | (labels == case.other)
    signs = np.where(labels[chosen] == case.one, -1.0, 1.0)
    return _checked(_unit(pixels[chosen]), signs, case)


def iris(case: Case, rng: np.random.Generator) -> Made:
    """Iris setosa against the others: four measures and a constant, the longest row made 1."""
    from sklearn.datasets import load_iris

    measures, labels = load_iris(return_X_y=True)
    rows = np.concatenate([measures, np.ones((len(measures), 1))], axis=1)
    rows /= np.linalg.norm(rows, axis=1).max()
    return _checked(rows, np.where(labels == 0, -1.0, 1.0), case)


def pair(case: Case, rng: np.random.Generator) -> Made:
    """(1, -1) of class +1 and (-1, -4) of class -1: a large step first raises the loss."""
    return np.array([[1.0, -1.0], [1.0, 4.0]]), np.array([1.0, -1.0])


def triple(case: Case, rng: np.random.Generator) -> Made:
    """(1, 0) twice and (-1, 0.2): what separates is nearly orthogonal to the first step."""
    return np.array([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.2]]), np.array([1.0, 1.0, -1.0])


def separable(z: np.ndarray) -> bool:
    """Whether some theta has z . theta >= 1 in every row, by linear programming."""
    from scipy.optimize import linprog

    found = linprog(
        np.zeros(z.shape[1]), A_ub=-z, b_ub=-np.ones(len(z)), bounds=(None, None), method="highs"
    )
    return found.status == 0


def _checked(rows: np.ndarray, labels: np.ndarray, case: Case) -> Made:
    z = labels[:, None] * rows
    if not separable(z):
        raise InvalidCase(f"the samples of {case} are not separable: choose other classes")
    return z, labels


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1)[:, None]


def _at_least(case: Case, **least: int) -> None:
    for name, smallest in least.items():
        value = case.parameters[name]
        if value < smallest:
            raise InvalidCase(
                f"{name} is {value}, expected at least {smallest}: choose a larger {name}"
            )
