"""The instances: games, regressions with cocoercive components, saddle points, rotations.

Each function returns the data of an operator with its constants. Where the rows of components are
known, the constants are exact, but for `average_cocoercivity` of regressions, whose bound is the
largest |a_i|^2 (tight for rows of length 1).
"""

import math

import numpy as np

from harness.api import InvalidCase


def policeman_burglar(case, rng):
    """The game of a policeman and a burglar among n houses of wealth |N(0, 1)|.

    The burglar in house j gains its wealth times 1 - exp(-0.8 |i - j|), which grows with the
    distance to the policeman in house i. Draw 0 is the published one (RandomState(1)).
    """
    n = at_least(case, "n", 2)
    places = np.arange(n)
    wealth = np.abs(np.random.RandomState(1 + case.draw).randn(n))
    return _game((1 - np.exp(-0.8 * np.abs(places[:, None] - places))) * wealth)


def matrix_game(case, rng):
    """A square game with independent payoffs, N(0, 1) / sqrt(n)."""
    n = at_least(case, "n", 2)
    return _game(rng.normal(size=(n, n)) / math.sqrt(n))


def regression(case, rng):
    """Rows with the scales j^-decay, of length 1 where `unit`; targets with noise; s = identity."""
    n, dim = at_least(case, "n", 1), at_least(case, "dim", 1)
    rows = rng.normal(size=(n, dim)) * np.arange(1.0, dim + 1) ** -case.decay
    if case.unit:
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    targets = rows @ (5 * rng.normal(size=dim)) + case.noise * rng.normal(size=n)
    return _rows(rows, targets, robust=False)


def diabetes(case, rng):
    """Least squares on the diabetes data of scikit-learn, n = 442, standardised."""
    from sklearn.datasets import load_diabetes

    features, targets = load_diabetes(return_X_y=True)
    return _rows(_standardised(features), (targets - targets.mean()) / targets.std(), robust=False)


def breast_cancer(case, rng):
    """Robust regression of the labels of the breast cancer data, n = 569, standardised."""
    from sklearn.datasets import load_breast_cancer

    features, labels = load_breast_cancer(return_X_y=True)
    return _rows(_standardised(features), 2.0 * labels - 1.0, robust=True)


def saddle(case, rng):
    """A quadratic saddle point with a random coupling of rank min(n, dim), strength mu."""
    n, dim = at_least(case, "n", 1), at_least(case, "dim", 1)
    if not 0 <= case.mu < math.inf:
        raise InvalidCase(f"mu is {case.mu}, expected 0 or above: write mu=0.1, say")
    left, right = rng.normal(size=(2, n, dim)) / math.sqrt(dim)
    return _saddle(left, right, float(case.mu), rng.normal(size=2 * dim))


def rotation(case, rng):
    """Rotations of the plane with speeds around 1: F_i(x, y) = s_i (y, -x), around 0."""
    n = at_least(case, "n", 1)
    speeds = rng.uniform(0, 2, n)
    speeds = speeds / speeds.mean() if n > 1 else np.ones(1)
    data = _saddle(speeds[:, None], np.ones((n, 1)), 0.0, np.zeros(2))
    return {**data, "start": np.array([1.0, 0.0])}


def times_four(data):
    """The data of an operator without a constraint, of which all values are 4 times as large."""
    doubled = ("rows", "targets")  # both enter as a product
    fourfold = ("left", "mu", "shift", "lipschitz", "average_lipschitz", "average_cocoercivity")
    changed = {name: 2 * data[name] for name in doubled if name in data}
    changed |= {name: 4 * data[name] for name in fourfold if name in data}
    same = {name: data[name] for name in data}
    return {**same, **changed, "strong_monotonicity": 4 * data["strong_monotonicity"]}


def at_least(case, name, least):
    """A parameter of the case that is a whole number.

    Raises:
        InvalidCase: where it is not, or is less than that.
    """
    value = case.parameters[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidCase(f"{name} is {value!r}, expected a whole number: write {name}={least}")
    if value < least:
        raise InvalidCase(f"{name} is {value}, expected at least {least}: choose a larger {name}")
    return value


def _game(matrix):
    n = len(matrix)
    longest = max((matrix**2).sum(axis=0).max(), (matrix**2).sum(axis=1).max())
    return {
        "kind": "game",
        "matrix": matrix,
        "start": np.full(2 * n, 1.0 / n),
        "lipschitz": _norm(matrix),
        "average_lipschitz": math.sqrt(n * longest),
        "average_cocoercivity": math.inf,  # F is skew
        "strong_monotonicity": 0.0,
    }


def _rows(rows, targets, robust):
    squares = (rows**2).sum(axis=1)
    spectrum = np.linalg.eigvalsh(rows.T @ rows / len(rows))
    return {
        "kind": "rows",
        "rows": rows,
        "targets": targets,
        "robust": robust,
        "start": np.zeros(rows.shape[1]),
        "lipschitz": float(spectrum[-1]),
        "average_lipschitz": math.sqrt(_largest(squares, rows)),
        "average_cocoercivity": float(squares.max()),
        "strong_monotonicity": 0.0 if robust else max(float(spectrum[0]), 0.0),
    }


def _saddle(left, right, mu, shift):
    # The coupling is skew, so that its squares and those of mu add up.
    skew = max(
        _largest((right**2).sum(axis=1), left),
        _largest((left**2).sum(axis=1), right),
    )
    average = math.sqrt(mu**2 + skew)
    return {
        "kind": "saddle",
        "left": left,
        "right": right,
        "mu": mu,
        "shift": shift,
        "start": np.zeros(2 * left.shape[1]),
        "lipschitz": math.hypot(mu, _norm(left.T @ right / len(left))),
        "average_lipschitz": average,
        "average_cocoercivity": average**2 / mu if mu else math.inf,
        "strong_monotonicity": mu,
    }


def _largest(weights, rows):
    """The largest eigenvalue of mean_i weights_i rows_i rows_i'."""
    return float(np.linalg.eigvalsh((rows.T * weights) @ rows / len(rows))[-1])


def _norm(matrix):
    """The largest singular value, by the smaller Gram matrix."""
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    return math.sqrt(max(float(np.linalg.eigvalsh(gram)[-1]), 0.0))


def _standardised(features):
    return (features - features.mean(axis=0)) / features.std(axis=0)
