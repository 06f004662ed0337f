"""Block coordinate descent: a convex loss of A x, by as little work on coordinates as possible.

F(x) = sum of losses of A x against targets + l2 |x|^2 / 2 + l1 |x|_1, over all x, over x >= 0 or
over the simplex. Losses are least squares, logistic or softmax; A is dense or sparse. The cost is
log10((F(x) - F*) / (F(start) - F*)), from 0 down to -10, with F* from direct methods.

Solvers get the arrays, not an oracle: what a block costs depends on how residuals, gradients and
Hessians are kept, which is what these methods are about. So time is the measure, and iterations are
none: one of them may cost a column, or the whole gradient. Solvers yield after each block. They
end at the same conditions of optimality, or after counts of steps that differ with what a step
costs: where one does not get there, it has had about a second on a standard case, as its rivals.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from bench_optimization import _checks
from bench_optimization.block_coordinate import _families
from bench_optimization.block_coordinate._model import Model
from bench_optimization.block_coordinate._optimum import optimum
from harness.api import Case, Data, Instance, InvalidAnswer, Problem, Symmetry

_SLACK = 1e-9  # by which a point may miss its constraints; it is put right before it is scored


class BlockCoordinate(Problem):
    """Minimise F over x, with A given by columns.

    `data` holds `shape` = (m, features), `matrix` (float64[m, features]) or, where A is sparse,
    `values`, `rows`, `starts` (its columns one after the other), `loss` ("squares", "logistic" or
    "softmax"), `target` (float64[m]: values, or -1 and 1; int64[m]: classes from 0), `classes`
    (1, or those of softmax), `l1`, `l2`, `nonnegative`, `simplex` and `start`. An answer is an
    array of features * classes numbers, of softmax in the order of the features.
    """

    title = "Block coordinate descent"
    kind = "batch"
    cost_name = "log10 of the relative suboptimality"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "uneven": {
            "rows": 200,
            "columns": 2000,
            "density": 0.0,
            "share": 0.0,
            "nonnegative": False,
        },
        "lattice": {"side": 50, "labels": 100, "weight": 1e5},
        "breast_cancer": {"l2": 1.0, "share": 0.0},
        "digit_parity": {"l2": 1.0, "share": 0.0},
        "words": {"rows": 5000, "columns": 2000, "length": 40, "l2": 0.1, "share": 0.0},
        "digits": {"rows": 1797, "l2": 1.0},
        "unmixing": {"rows": 100, "columns": 300, "parts": 12},
    }
    suites: ClassVar = {
        "smoke": [
            "uneven[rows=40,columns=120]",
            "lattice[side=12,labels=10]",
            "uneven[rows=40,columns=80,share=0.05,nonnegative=true]",
        ],
        "standard": [
            "uneven",
            "uneven[rows=1000,columns=300,density=1.0]",
            "lattice",
            "breast_cancer",
            "words",
            "uneven[share=0.05,nonnegative=true]",
            "uneven[rows=500,columns=200,density=1.0,nonnegative=true]",
            "unmixing",
        ],
        "large": [
            "lattice[side=100,labels=400]",
            "lattice[side=320,labels=4000]",
            "uneven[rows=1000,columns=10000]",
            "uneven[rows=500,columns=5000,share=0.1]",
            "digits",
            "words[rows=20000,columns=10000]",
            "words[rows=20000,columns=5000,share=0.05]",
            "unmixing[rows=200,columns=2000,parts=40]",
        ],
        "tuning": [
            "uneven[rows=150,columns=1000]",
            "lattice[side=40,labels=60]",
            "digit_parity",
            "breast_cancer[l2=0.1,share=0.02]",
            "uneven[rows=150,columns=800,share=0.1]",
            "unmixing[rows=80,columns=200,parts=8]",
        ],
        "edge": [
            "uneven[rows=1,columns=1,density=1.0]",
            "uneven[rows=2,columns=9]",
            "uneven[rows=30,columns=4,density=1.0]",
            "uneven[rows=12,columns=30,share=0.2]",
            "uneven[rows=12,columns=30,share=1.0,nonnegative=true]",
            "uneven[rows=30,columns=10,density=0.05]",
            "uneven[rows=40,columns=8,nonnegative=true]",
            "lattice[side=2,labels=1]",
            "lattice[side=6,labels=20]",
            "breast_cancer[share=0.1]",
            "words[rows=40,columns=30,length=4]",
            "digits[rows=30,l2=5.0]",
            "unmixing[rows=4,columns=1,parts=1]",
            "unmixing[rows=5,columns=9,parts=3]",
        ],
    }
    starter = """\
# data.shape: (m, features) of A; data.matrix, or data.values, data.rows, data.starts by columns
# data.loss: "squares", "logistic" or "softmax", of A x against data.target
# data.l1, data.l2, data.nonnegative, data.simplex: penalties and constraints
# answer: an array of the length of data.start
yield data.start
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        return instance_of(getattr(_families, case.family)(case, rng))

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        model, truth = Model(_data(instance)), instance.truth
        x = feasible(model, _checks.vector(answer, model.n))
        gap = excess(model, x, truth)
        return _checks.decades(gap, truth["scale"]), {
            "relative_gap": max(gap, 0.0) / truth["scale"],
            "value": truth["value"] + gap,
            "nonzeros": float(np.count_nonzero(x)),
        }

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = dict(_data(instance).as_dict())
        if "matrix" in data:
            order = rng.permutation(data["shape"][1])
            turned = {**data, "matrix": np.ascontiguousarray(data["matrix"][:, order])}
            places = (order[:, None] * data["classes"] + np.arange(data["classes"])).ravel()
            turned["start"] = data["start"][places]

            def back(answer: Any) -> np.ndarray:
                restored = np.empty(len(places))
                restored[places] = np.asarray(answer, np.float64)
                return restored

            yield Symmetry("columns permuted", instance_of(turned), back=back)
        if data["loss"] == "squares":
            name = "matrix" if "matrix" in data else "values"
            scaled = {**data, name: 2 * data[name], "target": 2 * data["target"]}
            scaled |= {"l1": 4 * data["l1"], "l2": 4 * data["l2"]}
            yield Symmetry("A and targets times 2", instance_of(scaled))


def instance_of(values: dict[str, Any]) -> Instance:
    """The instance of these data, with its optimum."""
    model = Model(Data(values))
    best = optimum(model)
    if model.simplex:
        best = np.maximum(best, 0) / np.maximum(best, 0).sum()
    z = model.predict(best)
    truth = {
        "optimum": best,
        "slack": slack(model, best, model.gradient(best, z)),
        "value": model.value(best, z),
        "scale": 1.0,
    }
    scale = excess(model, model.start, truth)
    negligible = 1e-14 * max(model.value(model.start), 1e-300)
    truth["scale"] = scale if scale > negligible else max(abs(model.value(model.start)), 1.0)
    nonzeros = model.m * model.features if model.columns is not None else len(model.entries)
    sizes = {"n": model.n, "m": model.m, "nonzeros": nonzeros}
    return Instance(values, truth, sizes, optimum=-10.0)


def slack(model: Model, best: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """What a unit of each coordinate costs to first order at the optimum, without the penalty l1.

    For coordinates that are not 0 the penalty makes up for it exactly; the others have the gradient
    (on the simplex, above the common level), within what optimality allows.
    """
    free = best != 0
    if model.simplex:
        return np.where(free, 0.0, np.maximum(gradient - gradient[free].mean(), 0.0))
    if model.nonnegative:
        return np.where(free, -model.l1, np.maximum(gradient, -model.l1))
    return np.where(free, -model.l1 * np.sign(best), np.clip(gradient, -model.l1, model.l1))


def excess(model: Model, x: np.ndarray, truth: Any) -> float:
    """F(x) - F*; of least squares without cancellation, as a sum of terms none of which is < 0."""
    if not model.quadratic:
        return model.value(x) - truth["value"]
    away = x - truth["optimum"]
    moved = model.predict(away)
    first = truth["slack"] * x + model.l1 * np.abs(x)
    curved = float(moved @ moved) + model.l2 * float(away @ away)
    return 0.5 * curved + float(np.maximum(first, 0).sum())


def feasible(model: Model, x: np.ndarray) -> np.ndarray:
    """The point, put right where it misses its constraints by rounding.

    Raises:
        InvalidAnswer: where it misses them by more.
    """
    if not (model.nonnegative or model.simplex):
        return x
    if x.min() < -_SLACK:
        raise InvalidAnswer(f"entry {int(x.argmin())} is {x.min():g}; expected none below 0")
    x = np.maximum(x, 0)
    if model.simplex:
        total = float(x.sum())
        if abs(total - 1) > _SLACK:
            raise InvalidAnswer(f"the entries sum to {total:.12g}; expected 1")
        x = x / total
    return x


def _data(instance: Instance) -> Data:
    return instance.data if isinstance(instance.data, Data) else Data(instance.data)
