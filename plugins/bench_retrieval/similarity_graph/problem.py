"""Similarity graph: for each object the k most similar others, by whatever similarity.

A graph of nearest neighbours is as good as its similarity: an object's neighbours should be of its
own class, which nobody is told. The contest is between similarities, cosine, Jaccard's and others,
on the same points; `scale` says whether their features were brought to mean 0 and variance 1.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_retrieval.similarity_graph import _families
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem, Symmetry

_LARGEST = 1e100  # in size, of a point's entries


class SimilarityGraph(Problem):
    """Name the k neighbours of each object that are most likely of its class.

    `data` holds `points`, float64[n, d], and `k`. An answer is an integer array of shape (n, k), in
    each row different objects, and never the row's own.
    """

    title = "Similarity graph"
    kind = "batch"
    cost_name = "share of neighbours of another class"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "iris": {"n": 150, "k": 10, "scale": True},
        "wine": {"n": 178, "k": 10, "scale": True},
        "digits": {"n": 1797, "k": 10, "scale": True},
        "groups": {
            "n": 1000,
            "k": 10,
            "groups": 20,
            "dim": 100,
            "noise": 2.0,
            "outliers": 0.0,
            "scale": True,
        },
        "file": {"path": "", "k": 10, "scale": True},
    }
    suites: ClassVar = {
        "smoke": ["iris", "groups[n=200,groups=4,dim=20]"],
        "standard": [
            "iris",
            "iris[scale=False]",
            "wine",
            "wine[scale=False]",
            "digits",
            "digits[scale=False]",
            "groups",
            "groups[outliers=0.02]",
            "groups[noise=1.0,outliers=0.02]",
        ],
        "large": ["groups[n=5000,dim=200]", "groups[n=10000]"],
        "growth": [f"groups[n={n}]" for n in (250, 500, 1000, 2000, 4000)],
        "tuning": [
            "groups[n=600,draw=1]",
            "groups[n=600,outliers=0.02,draw=1]",
            "iris[n=120,draw=1]",
            "wine[n=140,draw=1]",
        ],
        "edge": [
            "groups[n=2,k=1,groups=1,dim=1]",
            "groups[n=9,k=8,groups=2,dim=1,outliers=1.0]",
            "groups[n=12,k=3,groups=3,dim=2,noise=0.0]",
            "iris[n=20,k=2,scale=False]",
        ],
    }
    starter = """\
# data.points: float64[n, d]; data.k: how many neighbours of each
# answer: an integer array of shape (n, k), in each row different objects, never the row's own
squares = ((data.points[:, None] - data.points) ** 2).sum(axis=2)
np.fill_diagonal(squares, np.inf)
yield np.argsort(squares, axis=1, kind="stable")[:, : data.k]
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        with np.errstate(over="ignore", invalid="ignore"):  # told by the check
            points, labels = getattr(_families, case.family)(case, rng)
        points = _checked(points, labels, case.k)
        if case.scale:
            points = _standardised(points)
        n, dim = points.shape
        return Instance(
            data={"points": np.ascontiguousarray(points), "k": int(case.k)},
            truth={"labels": np.unique(labels, return_inverse=True)[1]},
            sizes={"n": n, "dim": dim, "k": case.k},
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        labels, k = instance.truth["labels"], instance.data["k"]
        neighbours = _neighbours(answer, len(labels), k)
        same = labels[neighbours] == labels[:, None]
        votes = np.zeros((len(labels), int(labels.max()) + 1))
        np.add.at(votes, (np.arange(len(labels))[:, None], labels[neighbours]), 1)
        nearest = float(same[:, 0].mean())
        vote = float((votes.argmax(axis=1) == labels).mean())
        return 1 - float(same.mean()), {"nearest_right": nearest, "vote_right": vote}

    def normal(self, instance: Instance, answer: object) -> np.ndarray:
        return np.sort(np.asarray(answer, np.int64), axis=1)

    def exact(self, instance: Instance) -> float:
        """The cost for whoever knows the classes, counted class by class."""
        labels, k = instance.truth["labels"], instance.data["k"]
        sizes = np.bincount(labels)
        return float(1 - sum(size * min(size - 1, k) for size in sizes) / (len(labels) * k))

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        points, labels = instance.data["points"], instance.truth["labels"]
        order = rng.permutation(len(points))
        place = np.argsort(order)

        def with_points(changed: np.ndarray, truth: np.ndarray) -> Instance:
            data = {"points": np.ascontiguousarray(changed), "k": instance.data["k"]}
            return Instance(data, {"labels": truth}, instance.sizes)

        yield Symmetry(
            "objects permuted",
            with_points(points[order], labels[order]),
            back=lambda answer: order[np.asarray(answer)][place],
        )
        yield Symmetry("points times 2", with_points(2 * points, labels), strict=True)


def _standardised(points: np.ndarray) -> np.ndarray:
    """Each feature with mean 0 and variance 1; one with equal values becomes 0.

    That is asked of the values: their standard deviation may be rounding alone, which is not 0.
    """
    spread = points.std(axis=0)
    differs = (points != points[0]).any(axis=0) & (spread > 0)
    return np.where(differs, points - points.mean(axis=0), 0) / np.where(differs, spread, 1)


def _checked(points: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    if points.ndim != 2 or points.dtype.kind not in "fiu" or 0 in points.shape:
        raise InvalidCase(
            f"the points are an array of {points.dtype} of shape {points.shape}, expected numbers, "
            "one row for each object"
        )
    with np.errstate(over="ignore"):
        points = points.astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(bad):
        raise InvalidCase(
            f"{len(bad)} of {len(points)} points are NaN or infinite (the first is {bad[0]}), "
            "expected finite ones: replace them, or leave them out"
        )
    largest = float(np.abs(points).max())
    if largest and not 1 / _LARGEST <= largest <= _LARGEST:
        raise InvalidCase(
            f"the largest entry of the points is {largest:.3g} in size, expected {1 / _LARGEST:g} "
            f"to {_LARGEST:g}, where squares can be computed: choose another unit"
        )
    if len(points) < 2:
        raise InvalidCase("there is 1 point, expected 2 or more: give it a neighbour")
    if labels.shape != (len(points),) or labels.dtype.kind not in "iu":
        raise InvalidCase(
            f"the labels are an array of {labels.dtype} of shape {labels.shape}, expected "
            f"{len(points)} integers, one for each point"
        )
    if not 1 <= k < len(points):
        raise InvalidCase(
            f"k is {k}, expected 1 to {len(points) - 1}, the number of others: choose another k"
        )
    return points


def _neighbours(answer: object, n: int, k: int) -> np.ndarray:
    wanted = f"expected an integer array of shape ({n}, {k})"
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "iu":
        kind = answer.dtype if isinstance(answer, np.ndarray) else type(answer).__name__
        raise InvalidAnswer(f"the answer is of type {kind}, {wanted}")
    if answer.shape != (n, k):
        raise InvalidAnswer(f"the answer has shape {answer.shape}, {wanted}")
    outside = np.argwhere((answer < 0) | (answer >= n))
    if len(outside):
        row, place = outside[0]
        raise InvalidAnswer(
            f"object {row} is given the neighbour {answer[row, place]}, {wanted} of numbers "
            f"0..{n - 1}"
        )
    neighbours = answer.astype(np.int64)
    own = np.flatnonzero((neighbours == np.arange(n)[:, None]).any(axis=1))
    if len(own):
        raise InvalidAnswer(f"object {own[0]} is named as its own neighbour, {wanted} of others")
    ordered = np.sort(neighbours, axis=1)
    twice = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
    if len(twice):
        raise InvalidAnswer(f"object {twice[0]} has the same neighbour twice, {wanted} of others")
    return neighbours
