"""Logistic regression: minimise a strongly convex finite sum, given gradients of its components.

f(w) = mean_i log(1 + exp(-y_i x_i . w)) + l2/2 |w|^2 over w in R^d. What counts is the point
reached within so many passes over the data. The minimum is known, with a proof: where |f'(w)| is g,
f(w) lies at most g^2 / (2 l2) above it.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_optimization import _checks
from bench_optimization.logistic_regression import _families, _optimum
from bench_optimization.logistic_regression._oracle import Oracle
from harness.api import Case, Instance, InvalidCase, Meter, Problem, Symmetry


class LogisticRegression(Problem):
    """Find the minimum of the mean logistic loss with a ridge penalty.

    A solver gets an oracle (`_oracle.py`), which counts a call for each gradient of a component and
    allows `passes` times n of them. l2 is `regularisation` / n. An answer is float64[d]. Its cost
    is log10 of (f(w) - f*) / (f(0) - f*), but never below -10.
    """

    title = "Logistic regression"
    kind = "oracle"
    timed = False
    cost_name = "log10 of the relative gap"
    counts = "last"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "digits": {"n": 1797, "rows": "unit", "regularisation": 1.0, "passes": 20},
        "breast_cancer": {"n": 569, "rows": "unit", "regularisation": 1.0, "passes": 20},
        "wine": {"n": 178, "rows": "unit", "regularisation": 1.0, "passes": 20},
        "dense": {
            "n": 20000,
            "dim": 50,
            "decay": 0.75,
            "signal": 5.0,
            "rows": "unit",
            "regularisation": 1.0,
            "passes": 20,
        },
        "sparse": {
            "n": 10000,
            "dim": 200,
            "nonzeros": 20,
            "zipf": 0.0,
            "signal": 5.0,
            "rows": "unit",
            "regularisation": 1.0,
            "passes": 20,
        },
        "categories": {
            "n": 20000,
            "numbers": 10,
            "levels": 44,
            "signal": 5.0,
            "rows": "unit",
            "regularisation": 1.0,
            "passes": 20,
        },
    }
    suites: ClassVar = {
        "smoke": [
            "digits[n=300,passes=10]",
            "breast_cancer",
            "sparse[n=500,dim=40,nonzeros=5,zipf=1.0]",
        ],
        "standard": [
            "digits",
            "digits[regularisation=0.01]",
            "breast_cancer",
            "breast_cancer[rows=raw,regularisation=0.1,passes=60]",
            "dense",
            "sparse",
            "sparse[n=20000,dim=2000,zipf=1.0]",
            "categories",
        ],
        "large": [
            "dense[n=100000,dim=100]",
            "sparse[n=200000,dim=1000,nonzeros=12,zipf=1.0]",
            "categories[n=200000]",
        ],
        "growth": [f"dense[n={n}]" for n in (1250, 2500, 5000, 10000, 20000)],
        "tuning": [
            "digits[n=1200]",
            "wine[passes=40]",
            "dense[n=5000,dim=30,decay=1.0]",
            "sparse[n=5000,dim=500,nonzeros=15,zipf=0.8]",
            "categories[n=10000,regularisation=0.1]",
        ],
        "edge": [
            "dense[n=1,dim=1,passes=30]",
            "dense[n=2,dim=5,passes=30]",
            "dense[n=7,dim=1,regularisation=100.0]",
            "sparse[n=9,dim=30,nonzeros=1]",
            "breast_cancer[n=40,regularisation=0.01]",
        ],
    }
    starter = """\
# oracle.start: float64[d]; oracle.n components; oracle.calls: component gradients allowed in all
# oracle.gradient(x) costs n of them, oracle.stochastic_gradient(x, indices) one per index
# answer: float64[d]
x = oracle.start
while True:
    yield x
    x = x - oracle.gradient(x) / oracle.full_smoothness
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        for name in ("regularisation", "passes"):
            value = case.parameters[name]
            if not value > 0 or not math.isfinite(value):
                raise InvalidCase(f"{name} is {value}, expected a number above 0: choose another")
        features, labels = getattr(_families, case.family)(case, rng)
        features = _families.scaled(features, case.rows)
        n, dim = features.shape
        l2 = case.regularisation / n
        found = _optimum.minimise(features, labels, l2)
        data = {
            **_families.plain(features),
            "labels": labels,
            "dim": dim,
            "l2": l2,
            "passes": int(case.passes),
            "smoothness": _optimum.largest_row(features) / 4 + l2,
            "full_smoothness": _optimum.largest_curvature(features) / 4 + l2,
        }
        truth = {"point": found.point, "value": found.value, "scale": found.start - found.value}
        sizes = {"n": n, "d": dim, "nonzeros": _families.entries(features)}
        return Instance(data, truth, sizes, optimum=math.log10(_checks.LEAST_GAP))

    def open(self, data: object, meter: Meter) -> Oracle:
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data, truth = instance.data, instance.truth
        point = _checks.vector(answer, data["dim"])
        features = _families.matrix(data)
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient = _optimum.value_and_gradient(
                features, data["labels"], data["l2"], point
            )
        cost = _checks.decades(value - truth["value"], truth["scale"])
        return cost, {
            "gap": value - truth["value"],
            "gradient_norm": float(np.linalg.norm(gradient)),
            "distance": float(np.linalg.norm(point - truth["point"])),
        }

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data, truth = instance.data, instance.truth
        features, labels = _families.matrix(data), data["labels"]

        def changed(point=None, **values: object) -> Instance:
            kept = {name: data[name] for name in data}
            known = {name: truth[name] for name in truth}
            if point is not None:
                known["point"] = point
            return Instance({**kept, **values}, known, instance.sizes, instance.optimum)

        order = rng.permutation(len(labels))
        yield Symmetry(
            "samples permuted",
            changed(**_families.plain(features[order]), labels=labels[order]),
        )
        columns = rng.permutation(data["dim"])
        back = np.argsort(columns)
        yield Symmetry(
            "features permuted",
            changed(truth["point"][columns], **_families.plain(features[:, columns])),
            back=lambda answer: answer[back],
        )
        yield Symmetry(
            "labels exchanged",
            changed(-truth["point"], labels=-labels),
            back=lambda answer: -answer,
        )
        yield Symmetry(
            "features and labels times -1",
            changed(**_families.plain(-features), labels=-labels),
        )
        yield Symmetry(
            "features doubled",
            changed(
                truth["point"] / 2,
                **_families.plain(2.0 * features),
                **{name: 4.0 * data[name] for name in ("l2", "smoothness", "full_smoothness")},
            ),
            back=lambda answer: 2.0 * answer,
        )
