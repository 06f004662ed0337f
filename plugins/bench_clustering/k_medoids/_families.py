"""The families of cases: each turns a case into dissimilarities and, where there are any, labels.

A function here has the name of its family in `problem.py`. Matrices are filled a few rows at a
time in their final type, so that a large one needs no more memory than itself.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from harness.api import Case, InvalidCase

_METRICS = ("euclidean", "sqeuclidean", "cityblock", "chebyshev", "cosine", "jaccard")
_TYPES = ("float32", "float64")
_ENTRIES_AT_ONCE = 1 << 22

Made = tuple[np.ndarray, np.ndarray | None]


def digits(case: Case, rng: np.random.Generator) -> Made:
    """Handwritten digits, 8 x 8 pixels, 10 classes."""
    return _shipped("load_digits", case, rng, standardise=False)


def iris(case: Case, rng: np.random.Generator) -> Made:
    """150 flowers, 4 measures with mean 0 and variance 1, 3 classes."""
    return _shipped("load_iris", case, rng)


def wine(case: Case, rng: np.random.Generator) -> Made:
    """178 wines, 13 measures with mean 0 and variance 1, 3 classes."""
    return _shipped("load_wine", case, rng)


def breast_cancer(case: Case, rng: np.random.Generator) -> Made:
    """569 tumours, 30 measures with mean 0 and variance 1, 2 classes."""
    return _shipped("load_breast_cancer", case, rng)


def mixture(case: Case, rng: np.random.Generator) -> Made:
    """Spherical Gaussian clusters of unequal size; `separation` is the spread of their means."""
    _at_least(case, n=1, clusters=1, dimension=1)
    means = rng.normal(scale=case.separation, size=(case.clusters, case.dimension))
    shares = rng.dirichlet(np.full(case.clusters, 5.0))
    labels = rng.choice(case.clusters, case.n, p=shares)
    points = means[labels] + rng.normal(size=(case.n, case.dimension))
    return distances(points, case.metric, case.dtype), labels


def duplicates(case: Case, rng: np.random.Generator) -> Made:
    """Points of a side x side grid, most of them many times over; whole numbers."""
    _at_least(case, n=1, side=1)
    points = rng.integers(case.side, size=(case.n, 2)).astype(float)
    return distances(points, "cityblock", case.dtype), None


def strings(case: Case, rng: np.random.Generator) -> Made:
    """Edit distances of random mutants of a few ancestors over four letters; whole numbers."""
    _at_least(case, n=1, clusters=1, length=1)
    if case.length > 100:
        raise InvalidCase(f"length is {case.length}, expected at most 100: choose shorter strings")
    ancestors = rng.integers(4, size=(case.clusters, case.length), dtype=np.int8)
    labels = rng.integers(case.clusters, size=case.n)
    texts = ancestors[labels]
    changed = rng.random(texts.shape) < case.mutation
    texts[changed] = rng.integers(4, size=np.count_nonzero(changed), dtype=np.int8)
    for text in texts:  # one deletion and one insertion, so that the length stays
        text[:] = np.insert(
            np.delete(text, rng.integers(case.length)), rng.integers(case.length), rng.integers(4)
        )
    return _filled(case, lambda start, stop: _edits(texts[start:stop], texts)), labels


def non_metric(case: Case, rng: np.random.Generator) -> Made:
    """Distances in the plane times random factors: symmetric, but no triangle inequality."""
    _at_least(case, n=1)
    matrix = distances(rng.normal(size=(case.n, 2)), "euclidean", case.dtype)
    for row in range(1, case.n):
        matrix[row, :row] *= np.exp(case.noise * rng.normal(size=row))
        matrix[:row, row] = matrix[row, :row]
    return matrix, None


def roads(case: Case, rng: np.random.Generator) -> Made:
    """Minutes from each crossing to each other one on a net of roads; asymmetric.

    Crossings are random in a square of 30 minutes; each direction of a road has its own delay.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra
    from scipy.spatial import Delaunay

    _at_least(case, n=4)
    places = rng.uniform(0, 30, size=(case.n, 2))
    corners = Delaunay(places).simplices
    pairs = np.concatenate([corners[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
    pairs = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    lengths = np.linalg.norm(places[pairs[:, 0]] - places[pairs[:, 1]], axis=1)
    minutes = lengths * (1 + case.delay * rng.exponential(size=len(pairs)))
    net = csr_array((minutes, pairs.T), shape=(case.n, case.n))
    return _filled(case, lambda start, stop: dijkstra(net, indices=np.arange(start, stop))), None


def integers(case: Case, rng: np.random.Generator) -> Made:
    """Independent whole numbers 1..high; symmetric, with no structure at all."""
    _at_least(case, n=1, high=1)
    matrix = _empty(case.n, case.dtype)
    for row in range(case.n):
        matrix[row, :row] = rng.integers(1, case.high + 1, size=row)
        matrix[:row, row] = matrix[row, :row]
        matrix[row, row] = 0
    return matrix, None


def file(case: Case, rng: np.random.Generator) -> Made:
    """The user's own matrix, a .npy file."""
    if not case.path:
        raise InvalidCase("the family 'file' needs a matrix: write file[path=my.npy,k=10]")
    path = Path(case.path).expanduser()
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise InvalidCase(
            f"there is no file {case.path} (looked for {path.absolute()}); give the path of a "
            ".npy file"
        ) from None
    except (OSError, ValueError, EOFError) as error:
        raise InvalidCase(
            f"{case.path} cannot be read as an array of numbers ({error}); expected a .npy file "
            "as numpy.save writes it"
        ) from None
    if not isinstance(found, np.ndarray):
        found.close()
        raise InvalidCase(
            f"{case.path} is an archive of arrays; expected one array: write it with numpy.save"
        )
    return found, None


def distances(points: np.ndarray, metric: str, dtype: str) -> np.ndarray:
    """The dissimilarities of all pairs of points, n x n, 0 on the diagonal.

    Jaccard's compares sets: those of the features in which a point lies above their mean.

    Raises:
        InvalidCase: where there is no such metric or dtype.
    """
    from scipy.spatial.distance import cdist

    if metric not in _METRICS:
        raise InvalidCase(f"there is no metric {metric!r}; choose one of {', '.join(_METRICS)}")
    if metric == "jaccard":
        points = points > points.mean(axis=0)
    matrix = _empty(len(points), dtype)
    for start, stop in row_blocks(matrix):
        matrix[start:stop] = cdist(points[start:stop], points, metric)
    np.fill_diagonal(matrix, 0)
    return matrix


def row_blocks(matrix: np.ndarray) -> Iterator[tuple[int, int]]:
    """Rows from..to-1, a few million entries at a time."""
    step = max(1, _ENTRIES_AT_ONCE // max(1, matrix.shape[1]))
    for start in range(0, len(matrix), step):
        yield start, min(start + step, len(matrix))


def _shipped(loader: str, case: Case, rng: np.random.Generator, standardise: bool = True) -> Made:
    """Data that come with scikit-learn; all of them, or a random part."""
    from sklearn import datasets

    points, labels = getattr(datasets, loader)(return_X_y=True)
    _at_least(case, n=1)
    if case.n > len(points):
        raise InvalidCase(
            f"{case.family} has {len(points)} objects, got n={case.n}: choose n of at most that"
        )
    if standardise:
        points = (points - points.mean(axis=0)) / points.std(axis=0)
    part = np.sort(rng.choice(len(points), case.n, replace=False))
    return distances(points[part], case.metric, case.dtype), labels[part]


def _edits(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Levenshtein's distance of each string in `left` to each in `right`, all of one length."""
    length = right.shape[1]
    shape = len(left), len(right)
    above = [np.full(shape, j, np.int8) for j in range(length + 1)]
    for i in range(length):
        row = [np.full(shape, i + 1, np.int8)]
        for j in range(length):
            differs = (left[:, i, None] != right[None, :, j]).view(np.int8)
            step = np.minimum(above[j + 1], row[j]) + np.int8(1)
            row.append(np.minimum(step, above[j] + differs))
        above = row
    return above[length]


def _filled(case: Case, rows: Callable[[int, int], np.ndarray]) -> np.ndarray:
    """An n x n matrix made of blocks of rows."""
    matrix = _empty(case.n, case.dtype)
    for start, stop in row_blocks(matrix):
        matrix[start:stop] = rows(start, stop)
    return matrix


def _empty(n: int, dtype: str) -> np.ndarray:
    if dtype not in _TYPES:
        raise InvalidCase(f"there is no dtype {dtype!r} here; choose one of {', '.join(_TYPES)}")
    return np.empty((n, n), dtype)


def _at_least(case: Case, **least: int) -> None:
    for name, smallest in least.items():
        value = case.parameters[name]
        if value < smallest:
            raise InvalidCase(
                f"{name} is {value}, expected at least {smallest}: choose a larger {name}"
            )
