"""The families of cases: each turns a case into a matrix and its rank.

A function here has the name of its family in `problem.py`.
"""

import numpy as np

from harness.api import Case, InvalidCase

_TYPES = ("float32", "float64")
_LARGEST = 8192  # of a side: what still can be judged by an SVD
_LARGEST_CONDITION = {"float32": 1e6, "float64": 1e14}

Made = tuple[np.ndarray, int]


def gaussian(case: Case, rng: np.random.Generator) -> Made:
    """Independent standard normal entries."""
    rows, cols, dtype = _shape(case)
    return rng.normal(size=(rows, cols)).astype(dtype), min(rows, cols)


def conditioned(case: Case, rng: np.random.Generator) -> Made:
    """Random singular vectors, and singular values 1 ... 1 / condition in equal ratios."""
    rows, cols, dtype = _shape(case)
    most = _LARGEST_CONDITION[dtype]
    if not 1 <= case.condition <= most:
        raise InvalidCase(
            f"condition is {case.condition}, expected 1 to {most:g}: beyond it rounding to "
            f"{dtype} decides on the rank"
        )
    n = min(rows, cols)
    values = np.geomspace(1, 1 / case.condition, n)
    return _with_values(values, rows, cols, rng).astype(dtype), n


def near_orthogonal(case: Case, rng: np.random.Generator) -> Made:
    """A matrix with orthonormal rows or columns, plus Gaussian noise of a relative norm."""
    rows, cols, dtype = _shape(case)
    if not 0 <= case.noise <= 0.5:
        raise InvalidCase(f"noise is {case.noise}, expected 0 to 0.5: choose a smaller one")
    n = min(rows, cols)
    noise = case.noise / np.sqrt(max(rows, cols)) * rng.normal(size=(rows, cols))
    return (_with_values(np.ones(n), rows, cols, rng) + noise).astype(dtype), n


def low_rank(case: Case, rng: np.random.Generator) -> Made:
    """A product of two random matrices of the whole numbers -3 ... 3: its rank is exact."""
    rows, cols, dtype = _shape(case)
    if not 0 <= case.rank <= min(rows, cols):
        raise InvalidCase(
            f"rank is {case.rank}, expected 0 to {min(rows, cols)}, the shorter side: choose "
            "another rank"
        )
    while True:
        left = rng.integers(-3, 4, size=(rows, case.rank))
        right = rng.integers(-3, 4, size=(case.rank, cols))
        if all(np.linalg.matrix_rank(factor) == case.rank for factor in (left, right)):
            return (left @ right).astype(dtype), case.rank


def gradient_like(case: Case, rng: np.random.Generator) -> Made:
    """Singular values i^-decay: few directions hold most of the norm."""
    rows, cols, dtype = _shape(case)
    if not 0 <= case.decay <= 2:
        raise InvalidCase(f"decay is {case.decay}, expected 0 to 2: choose a smaller one")
    n = min(rows, cols)
    values = np.arange(1, n + 1) ** -float(case.decay)
    return _with_values(values, rows, cols, rng).astype(dtype), n


def digits(case: Case, rng: np.random.Generator) -> Made:
    """The gradient of the cross-entropy in the middle weights of 64-h-h-10 with tanh units.

    Of all 1797 digits, at weights of a random start with variance 1 / inputs.
    """
    from sklearn.datasets import load_digits

    _checked_type(case.dtype)
    h = case.hidden
    if not 1 <= h <= 128:
        raise InvalidCase(f"hidden is {h}, expected 1 to 128: choose a narrower layer")
    images, labels = load_digits(return_X_y=True)
    sides = [(64, h), (h, h), (h, 10)]
    first, middle, last = (rng.normal(size=side) / np.sqrt(side[0]) for side in sides)
    one = np.tanh((images / 8 - 1) @ first)
    two = np.tanh(one @ middle)
    scores = np.exp(two @ last)
    errors = scores / scores.sum(1, keepdims=True) - np.eye(10)[labels]
    gradient = one.T @ (errors @ last.T * (1 - two**2)) / len(images)
    return gradient.astype(case.dtype), h


def _shape(case: Case) -> tuple[int, int, str]:
    for name in ("rows", "cols"):
        value = case.parameters[name]
        if not 1 <= value <= _LARGEST:
            raise InvalidCase(f"{name} is {value}, expected 1 to {_LARGEST}: choose another size")
    return case.rows, case.cols, _checked_type(case.dtype)


def _checked_type(dtype: str) -> str:
    if dtype not in _TYPES:
        raise InvalidCase(f"there is no dtype {dtype!r} here; choose one of {', '.join(_TYPES)}")
    return dtype


def _with_values(values: np.ndarray, rows: int, cols: int, rng: np.random.Generator) -> np.ndarray:
    """A matrix with these singular values, and vectors drawn evenly over all directions."""
    n = len(values)
    left, right = (_orthonormal(side, n, rng) for side in (rows, cols))
    return (left * values) @ right.T


def _orthonormal(rows: int, cols: int, rng: np.random.Generator) -> np.ndarray:
    q, r = np.linalg.qr(rng.normal(size=(rows, cols)))
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)
