"""The families of cases: each turns a case into features, dense or sparse, and labels -1 and +1.

A function here has the name of its family in `problem.py`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.api import Case, InvalidCase

Made = tuple[Any, np.ndarray]  # features: an array, or a sparse one in CSR; labels


def digits(case: Case, rng: np.random.Generator) -> Made:
    """Handwritten digits, 8 x 8 pixels from 0 to 1, even against odd."""
    features, labels = _shipped("load_digits", case, rng)
    return features / 16.0, _signs(labels % 2 == 0)


def breast_cancer(case: Case, rng: np.random.Generator) -> Made:
    """569 tumours, 30 measures with mean 0 and variance 1, benign against malignant."""
    features, labels = _shipped("load_breast_cancer", case, rng, standardise=True)
    return features, _signs(labels == 1)


def wine(case: Case, rng: np.random.Generator) -> Made:
    """178 wines, 13 measures with mean 0 and variance 1, one of the growers against two."""
    features, labels = _shipped("load_wine", case, rng, standardise=True)
    return features, _signs(labels == 1)


def dense(case: Case, rng: np.random.Generator) -> Made:
    """Gaussian features, of which the i-th has the standard deviation i^-decay."""
    _at_least(case, n=1, dim=1)
    features = rng.normal(size=(case.n, case.dim)) * np.arange(1.0, case.dim + 1) ** -case.decay
    return features, _labels(scaled(features, "unit"), case, rng)


def sparse(case: Case, rng: np.random.Generator) -> Made:
    """Texts: each of `nonzeros` words is the k-th most frequent with a probability as k^-zipf.

    A word that comes c times has the value log(1 + c).
    """
    from scipy.sparse import csr_array

    _at_least(case, n=1, dim=1, nonzeros=1)
    share = np.arange(1.0, case.dim + 1) ** -case.zipf
    words = rng.choice(case.dim, size=(case.n, case.nonzeros), p=share / share.sum())
    starts = np.arange(0, words.size + 1, case.nonzeros)
    features = csr_array(
        (np.ones(words.size), words.ravel().astype(np.int32), starts), shape=(case.n, case.dim)
    )
    features.sum_duplicates()
    features.data = np.log1p(features.data)
    return features, _labels(scaled(features, "unit"), case, rng)


def categories(case: Case, rng: np.random.Generator) -> Made:
    """Tables: correlated numbers beside two categories, of 4 and of the other levels, one-hot."""
    from scipy.sparse import csr_array

    _at_least(case, n=1, numbers=0, levels=5)
    mixing = rng.normal(size=(case.numbers, case.numbers)) / np.sqrt(max(1, case.numbers))
    numbers = rng.normal(size=(case.n, case.numbers)) @ (np.eye(case.numbers) + mixing)
    chosen = np.stack(
        [
            case.numbers + _uneven(4, case.n, rng),
            case.numbers + 4 + _uneven(case.levels - 4, case.n, rng),
        ],
        axis=1,
    )
    values = np.concatenate([numbers, np.ones((case.n, 2))], axis=1)
    own = np.broadcast_to(np.arange(case.numbers), numbers.shape)
    columns = np.concatenate([own, chosen], axis=1)
    starts = np.arange(0, values.size + 1, values.shape[1])
    features = csr_array(
        (values.ravel(), columns.ravel().astype(np.int32), starts),
        shape=(case.n, case.numbers + case.levels),
    )
    return features, _labels(scaled(features, "unit"), case, rng)


def scaled(features: Any, rows: str) -> Any:
    """The features with rows of length 1, or as they are; a row of zeros stays one."""
    if rows == "raw":
        return features
    if rows != "unit":
        raise InvalidCase(f"rows is {rows!r}, expected unit or raw: choose one of them")
    lengths = np.sqrt(squares(features))
    lengths[lengths == 0] = 1.0
    if isinstance(features, np.ndarray):
        return features / lengths[:, None]
    result = features.copy()
    result.data /= np.repeat(lengths, np.diff(features.indptr))
    return result


def squares(features: Any) -> np.ndarray:
    """The squared length of each row."""
    if isinstance(features, np.ndarray):
        return np.einsum("ij,ij->i", features, features)
    return np.asarray(features.multiply(features).sum(axis=1)).ravel()


def entries(features: Any) -> int:
    """Stored numbers."""
    return features.size if isinstance(features, np.ndarray) else features.nnz


def plain(features: Any) -> dict[str, np.ndarray]:
    """The features as arrays: `features`, or `values`, `columns` and `starts` of their rows."""
    if isinstance(features, np.ndarray):
        return {"features": np.ascontiguousarray(features)}
    features.sort_indices()
    return {
        "values": features.data,
        "columns": features.indices.astype(np.int32),
        "starts": features.indptr.astype(np.int64),
    }


def matrix(data: Mapping[str, Any]) -> Any:
    """The inverse of `plain`; nothing is copied where it need not be."""
    if "features" in data:
        return data["features"]
    from scipy.sparse import csr_array

    shape = len(data["labels"]), int(data["dim"])
    return csr_array((data["values"], data["columns"], data["starts"]), shape=shape)


def _shipped(
    loader: str, case: Case, rng: np.random.Generator, standardise: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Data that come with scikit-learn; all of them, or a random part."""
    from sklearn import datasets

    features, labels = getattr(datasets, loader)(return_X_y=True)
    _at_least(case, n=1)
    if case.n > len(features):
        raise InvalidCase(
            f"{case.family} has {len(features)} samples, got n={case.n}: choose n of at most that"
        )
    if standardise:
        features = (features - features.mean(axis=0)) / features.std(axis=0)
    part = np.sort(rng.choice(len(features), case.n, replace=False))
    return features[part], labels[part]


def _labels(features: Any, case: Case, rng: np.random.Generator) -> np.ndarray:
    """Labels drawn by the logistic law of a random direction; `signal` is its length."""
    direction = rng.normal(size=features.shape[1])
    chance = 1.0 / (1.0 + np.exp(-case.signal * (features @ direction)))
    return _signs(rng.random(case.n) < chance)


def _signs(positive: np.ndarray) -> np.ndarray:
    return np.where(positive, 1.0, -1.0)


def _uneven(levels: int, n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.choice(levels, size=n, p=rng.dirichlet(np.ones(levels)))


def _at_least(case: Case, **least: int) -> None:
    for name, smallest in least.items():
        value = case.parameters[name]
        if value < smallest:
            raise InvalidCase(
                f"{name} is {value}, expected at least {smallest}: choose a larger {name}"
            )
