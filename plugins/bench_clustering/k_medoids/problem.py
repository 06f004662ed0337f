"""k-medoids: choose k of n objects, the medoids, so that all objects are near one of them.

Given is the dissimilarity of every object o to every other one m as a matrix D, which need be
neither symmetric nor metric. The cost of the medoids M is the total deviation, the sum over o of
the least D[o, m] with m in M.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_clustering.k_medoids import _exact, _families
from bench_clustering.k_medoids._checks import check, medoids_of
from harness.api import Case, Instance, Problem, Symmetry


class KMedoids(Problem):
    """Find the k medoids with the least total deviation.

    `data` holds `dissimilarities`, an n x n array of float32 or float64 without NaN, infinities
    and negative entries, and `k`. An answer is a one-dimensional array (or list) of k different
    integers 0..n-1.
    """

    title = "k-medoids"
    kind = "batch"
    cost_name = "total deviation"
    size = "n"
    families: ClassVar = {
        "digits": {"k": 10, "metric": "euclidean", "n": 1797, "dtype": "float32"},
        "iris": {"k": 3, "metric": "euclidean", "n": 150, "dtype": "float32"},
        "wine": {"k": 3, "metric": "euclidean", "n": 178, "dtype": "float32"},
        "breast_cancer": {"k": 2, "metric": "euclidean", "n": 569, "dtype": "float32"},
        "mixture": {
            "n": 1000,
            "k": 10,
            "clusters": 10,
            "dimension": 8,
            "separation": 2.0,
            "metric": "euclidean",
            "dtype": "float32",
        },
        "duplicates": {"n": 500, "k": 10, "side": 6, "dtype": "float32"},
        "strings": {
            "n": 500,
            "k": 10,
            "clusters": 10,
            "length": 20,
            "mutation": 0.2,
            "dtype": "float32",
        },
        "non_metric": {"n": 500, "k": 10, "noise": 0.5, "dtype": "float32"},
        "roads": {"n": 500, "k": 10, "delay": 0.5, "dtype": "float32"},
        "integers": {"n": 200, "k": 8, "high": 100, "dtype": "float32"},
        "file": {"path": "", "k": 10},
    }
    suites: ClassVar = {
        "smoke": ["iris", "roads[n=200,k=5]", "duplicates[n=150,k=8]"],
        "demo": [
            "digits",
            "digits[k=100]",
            "breast_cancer[k=20]",
            "mixture[n=500,k=20]",
            "mixture[k=20]",
            "roads[n=1000]",
        ],
        "standard": [
            "wine[k=10]",
            "breast_cancer",
            "breast_cancer[k=30,metric=cityblock]",
            "digits",
            "digits[k=20,metric=jaccard]",
            "digits[k=50,metric=cosine]",
            "digits[k=100]",
            "digits[k=200,metric=cityblock]",
            "mixture[n=2000,k=20,clusters=20]",
            "mixture[n=5000,k=20,clusters=50,dimension=16]",
            "duplicates[n=1000,k=20]",
            "strings[n=1000,k=20,clusters=20]",
            "integers[n=500]",
            "non_metric[n=1000,k=20]",
            "roads[n=1000]",
            "roads[n=2000,k=50]",
        ],
        "large": [
            "roads[n=5000,k=100]",
            "mixture[n=10000,k=50,clusters=50,metric=cityblock]",
            "mixture[n=10000,k=200,clusters=100,dimension=16]",
            "mixture[n=20000,k=100,clusters=100,dimension=16]",
            "mixture[n=20000,k=500,clusters=200,dimension=16]",
        ],
        "growth": [f"mixture[n={n}]" for n in (250, 500, 1000, 2000, 4000)],
        "edge": [
            "mixture[n=1,k=1]",
            "mixture[n=2,k=2]",
            "mixture[n=12,k=1]",
            "mixture[n=12,k=12]",
            "duplicates[n=12,k=3,side=1]",
            "duplicates[n=30,k=4,side=2]",
            "integers[n=14,k=4,high=3]",
            "strings[n=15,k=5,length=6]",
            "non_metric[n=16,k=3,dtype=float64]",
            "roads[n=30,k=6,dtype=float64]",
        ],
    }
    starter = """\
# data.dissimilarities: n x n array (float32 or float64), [o, m] is how far object o is from m
# data.k: how many objects to choose as medoids
# answer: an array of k different objects 0..n-1
yield rng.choice(len(data.dissimilarities), data.k, replace=False)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        matrix, labels = getattr(_families, case.family)(case, rng)
        check(matrix, case.k)
        return Instance(
            data={"dissimilarities": np.ascontiguousarray(matrix), "k": int(case.k)},
            truth=None if labels is None else {"labels": labels},
            sizes={"n": len(matrix), "k": case.k},
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        matrix = instance.data["dissimilarities"]
        medoids = medoids_of(answer, len(matrix), instance.data["k"])
        nearest, numbers = _assigned(matrix, medoids)
        cost = float(nearest.sum(dtype=np.float64))
        scores = {
            "mean_dissimilarity": cost / len(matrix),
            "largest_dissimilarity": float(nearest.max()),
        }
        if instance.truth is not None:
            scores["adjusted_rand_index"] = adjusted_rand(instance.truth["labels"], numbers)
        return cost, scores

    def normal(self, instance: Instance, answer: object) -> np.ndarray:
        return np.sort(
            medoids_of(answer, len(instance.data["dissimilarities"]), instance.data["k"])
        )

    def exact(self, instance: Instance) -> float | None:
        matrix = np.asarray(instance.data["dissimilarities"], np.float64)
        return _exact.least_cost(matrix, instance.data["k"])

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        matrix, k = instance.data["dissimilarities"], instance.data["k"]

        def with_matrix(changed: np.ndarray) -> Instance:
            return Instance({"dissimilarities": changed, "k": k}, instance.truth, instance.sizes)

        order = rng.permutation(len(matrix))
        truth = instance.truth and {"labels": instance.truth["labels"][order]}
        permuted = np.ascontiguousarray(matrix[np.ix_(order, order)])
        yield Symmetry(
            "objects permuted",
            Instance({"dissimilarities": permuted, "k": k}, truth, instance.sizes),
            back=lambda answer: order[np.asarray(answer)],
        )
        largest = float(matrix.max())
        if largest > np.finfo(matrix.dtype).max / 64:  # it would not stay finite
            return
        yield Symmetry(
            "dissimilarities times 4",
            with_matrix(matrix * matrix.dtype.type(4)),
            cost=lambda cost: 4 * cost,
            strict=True,
        )
        # Whatever its medoid, an object's dissimilarity grows by the same.
        unit = 2.0 ** math.floor(math.log2(largest)) if largest else 1.0
        added = unit * rng.integers(8, size=len(matrix))
        yield Symmetry(
            "a constant added to each row",
            with_matrix(matrix.astype(np.float64) + added[:, None]),
            cost=lambda cost: cost + float(added.sum()),
        )


def _assigned(matrix: np.ndarray, medoids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every object's dissimilarity to its nearest medoid, and the number of that medoid."""
    n = len(matrix)
    nearest, numbers = np.empty(n, matrix.dtype), np.empty(n, np.int64)
    for start, stop in _families.row_blocks(matrix):
        columns = np.take(matrix[start:stop], medoids, axis=1)
        numbers[start:stop] = columns.argmin(axis=1)
        nearest[start:stop] = columns.min(axis=1)
    return nearest, numbers


def adjusted_rand(labels: np.ndarray, clusters: np.ndarray) -> float:
    """How far a clustering agrees with labels, beyond chance (Hubert and Arabie 1985); at most 1.

    Args:
        labels: int[n], none negative.
        clusters: int[n], none negative.
    """
    width = int(clusters.max()) + 1
    cells = np.bincount(labels * width + clusters, minlength=(int(labels.max()) + 1) * width)
    table = cells.reshape(-1, width).astype(np.float64)

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1)).sum()) / 2

    together, by_label, by_cluster = pairs(table), pairs(table.sum(1)), pairs(table.sum(0))
    by_chance = by_label * by_cluster / max(1.0, pairs(np.array([len(labels)])))
    most = (by_label + by_cluster) / 2
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)
