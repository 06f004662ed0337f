"""The instances: linear models of generated and of real data, with three losses.

Each function returns features, labels, the loss's name and the number of outputs.
"""

import numpy as np

from harness.api import InvalidCase


def logistic(case, rng):
    """Columns with scales from 1 to 0.1, labels by chance from theta ~ 2 N(0, 1)."""
    features, z = _generated(case, rng)
    labels = (rng.random(len(z)) < 1 / (1 + np.exp(-z))).astype(float)
    return features, labels, "logistic", 1


def squared(case, rng):
    """The same columns and theta, and noise N(0, 1)."""
    features, z = _generated(case, rng)
    return features, z + rng.normal(size=len(z)), "squared", 1


def breast_cancer(case, rng):
    """Logistic regression on the breast cancer data, n = 569, standardised, with a constant."""
    from sklearn.datasets import load_breast_cancer

    features, labels = load_breast_cancer(return_X_y=True)
    return _standardised(features), labels.astype(float), "logistic", 1


def digits(case, rng):
    """Softmax regression on the digits, n = 1797, pixels / 16, with a constant."""
    from sklearn.datasets import load_digits

    features, labels = load_digits(return_X_y=True)
    return _with_constant(features / 16), labels.astype(np.int64), "softmax", 10


def wine(case, rng):
    """Softmax regression on the wines, n = 178, three kinds, standardised, with a constant."""
    from sklearn.datasets import load_wine

    features, labels = load_wine(return_X_y=True)
    return _standardised(features), labels.astype(np.int64), "softmax", 3


def diabetes(case, rng):
    """Least squares on the diabetes data, n = 442, standardised, with a constant."""
    from sklearn.datasets import load_diabetes

    features, labels = load_diabetes(return_X_y=True)
    return _standardised(features), (labels - labels.mean()) / labels.std(), "squared", 1


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


def _generated(case, rng):
    n, dim = at_least(case, "n", 1), at_least(case, "dim", 1)
    features = rng.normal(size=(n, dim)) * np.geomspace(1, 0.1, dim)
    return features, features @ (2 * rng.normal(size=dim))


def _standardised(features):
    return _with_constant((features - features.mean(axis=0)) / features.std(axis=0))


def _with_constant(features):
    return np.column_stack([features, np.ones(len(features))])
