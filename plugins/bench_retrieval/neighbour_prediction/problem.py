"""Nearest-neighbour prediction: classes or values of new points, from those of the points nearby.

Given are n labelled points and the points to predict. The cost is the error rate on held-out
labels, or for values the mean squared distance to the true function. What is compared are rules
that use nothing but distances.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_retrieval.neighbour_prediction import _families
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem, Symmetry

_LARGEST = 1e100  # squares of what is larger may overflow when they are summed


class NeighbourPrediction(Problem):
    """Predict from labelled points.

    `data` holds `points`, float64[n, d], their `labels` (int64[n] from 0, or float64[n]), the
    `queries`, float64[q, d], and `classes`, the number of classes or 0 where labels are values. An
    answer is an array of q classes or values. For classes the cost is the share of wrong ones;
    `above_bayes` is how much higher that is than the error of the best rule on the same queries,
    where the law is known. For values the cost is the mean squared distance to the true function.
    """

    title = "Nearest-neighbour prediction"
    kind = "prediction"
    cost_name = "error rate or squared error"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "gaussians": {"n": 2500, "d": 5, "deviation": 3.0, "queries": 2000},
        "smooth": {"n": 4000, "noise": 0.5, "queries": 2000},
        "digits": {"n": 1200},
        "breast_cancer": {"n": 400},
        "file": {"path": "", "n": 100},
    }
    suites: ClassVar = {
        "smoke": ["gaussians[n=300,queries=300]", "smooth[n=300,queries=300]", "breast_cancer"],
        "standard": [
            "gaussians",
            "gaussians[deviation=0.5]",
            "gaussians[deviation=1.0]",
            "gaussians[n=12500]",
            "smooth",
            "smooth[n=16000]",
            "digits",
            "breast_cancer",
        ],
        "large": ["gaussians[n=62500]", "gaussians[n=312500]", "smooth[n=64000]"],
        "growth": [f"smooth[n={n},queries=1000]" for n in (1000, 2000, 4000, 8000, 16000, 32000)],
        "tuning": ["gaussians[n=5000,draw=1]", "smooth[n=5000,draw=1]", "digits[draw=1]"],
        "edge": [
            "gaussians[n=1,d=1,queries=3]",
            "gaussians[n=2,d=2,queries=1]",
            "gaussians[n=7,d=1,queries=5]",
            "smooth[n=1,queries=2]",
            "smooth[n=30,noise=0.0,queries=5]",
            "digits[n=20]",
        ],
    }
    starter = """\
# data.points: float64[n, d]; data.labels: int64[n] (classes) or float64[n] (values)
# data.queries: float64[q, d]; data.classes: number of classes, 0 for values
# answer: an array of one class or value for each query
gaps = ((data.queries[:, None] - data.points) ** 2).sum(axis=2)
yield data.labels[gaps.argmin(axis=1)]
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        points, labels, queries, truth = getattr(_families, case.family)(case, rng)
        _check(points, labels, queries)
        classes = 0 if labels.dtype.kind == "f" else int(max(labels.max(), truth["labels"].max()))
        data = {
            "points": np.ascontiguousarray(points, np.float64),
            "labels": labels,
            "queries": np.ascontiguousarray(queries, np.float64),
            "classes": classes + 1 if labels.dtype.kind == "i" else 0,
        }
        n, d = points.shape
        return Instance(data, truth, sizes={"n": n, "d": d, "queries": len(queries)})

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        said = _predictions(answer, len(instance.data["queries"]), instance.data["classes"])
        truth = instance.truth
        if not instance.data["classes"]:
            return float(np.mean((said - truth["values"]) ** 2)), {}
        error = float(np.mean(said != truth["labels"]))
        if "bayes" not in truth:
            return error, {}
        return error, {"above_bayes": error - float(np.mean(truth["bayes"] != truth["labels"]))}

    def items(self, instance: Instance, answer: object) -> np.ndarray | None:
        """Which classes are right; values are neither right nor wrong."""
        if not instance.data["classes"]:
            return None
        said = _predictions(answer, len(instance.data["queries"]), instance.data["classes"])
        return said == instance.truth["labels"]

    def normal(self, instance: Instance, answer: object) -> np.ndarray:
        return _predictions(answer, len(instance.data["queries"]), instance.data["classes"])

    def exact(self, instance: Instance) -> float | None:
        """Nobody can be better than always right."""
        return 0.0 if len(instance.data["queries"]) <= 5 else None

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = instance.data

        def turned(points: np.ndarray, queries: np.ndarray) -> Instance:
            changed = {
                "points": points,
                "labels": data["labels"],
                "queries": queries,
                "classes": data["classes"],
            }
            return Instance(changed, instance.truth, instance.sizes)

        points, queries = data["points"], data["queries"]
        yield Symmetry("all times 4", turned(points * 4, queries * 4), strict=True)
        yield Symmetry("all negated", turned(-points, -queries), strict=True)
        order = rng.permutation(len(queries))
        truth = {name: instance.truth[name][order] for name in instance.truth}
        asked = turned(points, np.ascontiguousarray(queries[order]))
        back = np.argsort(order)
        yield Symmetry(
            "queries permuted",
            Instance(asked.data, truth, instance.sizes),
            back=lambda answer: np.asarray(answer)[back],
        )


def _check(points: np.ndarray, labels: np.ndarray, queries: np.ndarray) -> None:
    """Refuse numbers of which distances and means cannot be made.

    Raises:
        InvalidCase: which they are, and what to do.
    """
    for name, rows in (("point", points), ("query", queries), ("label", labels)):
        flat = rows.reshape(len(rows), -1)
        bad = ~(np.abs(flat) <= _LARGEST).all(axis=1)
        if bad.any():
            row = int(bad.argmax())
            finite = np.isfinite(flat[row]).all()
            raise InvalidCase(
                f"{name} {row} holds "
                + (f"numbers beyond {_LARGEST:g}" if finite else "NaN or infinite numbers")
                + f", expected finite ones up to {_LARGEST:g}: replace them, or leave it out"
            )


def _predictions(answer: object, count: int, classes: int) -> np.ndarray:
    """An answer as int64[count] or float64[count].

    Raises:
        InvalidAnswer: where it is none.
    """
    what = f"integers 0..{classes - 1}" if classes else "finite real numbers"
    wanted = f"expected a list or one-dimensional array of {count} {what}"
    if not isinstance(answer, np.ndarray | list | tuple):
        said = "None" if answer is None else f"of type {type(answer).__name__}"
        raise InvalidAnswer(f"the answer is {said}, {wanted}")
    try:
        said = np.asarray(answer)
    except ValueError:
        raise InvalidAnswer(f"the answer is a list of lists of unequal length, {wanted}") from None
    if said.shape != (count,):
        raise InvalidAnswer(f"the answer has shape {said.shape}, {wanted}")
    if said.dtype.kind not in ("iu" if classes else "iuf"):
        raise InvalidAnswer(f"the answer holds values of dtype {said.dtype}, {wanted}")
    if classes:
        outside = said[(said < 0) | (said >= classes)]
        if len(outside):
            raise InvalidAnswer(f"the answer names class {outside[0]}, {wanted}")
        return said.astype(np.int64)
    said = said.astype(np.float64)
    # A square that overflows would be no cost.
    bad = ~(np.abs(said) < math.sqrt(np.finfo(float).max) / 1e6)
    if bad.any():
        raise InvalidAnswer(f"prediction {int(bad.argmax())} is {said[bad][0]}, {wanted}")
    return said
