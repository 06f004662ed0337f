"""Expensive gradients: minimise a loss of a model's outputs, where the loss is dear, not the model.

The objective is f(theta) = (1/n) sum l_i(z_i(theta)) + (l2/2)|theta|^2 with the outputs, or
targets, z_i of a linear model. The gradient of l_i in z_i stands for an answer by a simulator, an
oracle or a person: it costs `c_expensive` calls a component, and a pass through the model, forward
or back, `c_model`. Every method pays both from one budget.
"""

import math
from itertools import islice
from typing import ClassVar

import numpy as np

from bench_optimization._checks import LEAST_GAP, decades, limit, vector
from bench_optimization.expensive_gradient import _families
from bench_optimization.expensive_gradient._objective import (
    Objective,
    has_minimum_near,
    minimum,
    newton,
)
from bench_optimization.expensive_gradient._oracle import Oracle
from harness.api import Case, Instance, InvalidCase, Meter, Problem

_PRICES = {"c_expensive": 100, "c_model": 1}


class ExpensiveGradient(Problem):
    """Minimise a convex loss with few gradients in the outputs of a cheap model.

    A solver gets an `Oracle`: `targets(theta, indices)` and `model_vjp(theta, v, indices)`, passes
    through the model; `target_gradient(z, indices)` and `evaluate(z, indices)`, the loss in the
    outputs; what composes them, `gradient(theta)`, `stochastic_gradient(theta, indices)`,
    `value(theta)`, `value_and_gradient(theta)`; and `start`, `n`, `dim`, `calls`, `c_expensive`,
    `c_model`, `l2`, `smoothness`, `target_smoothness`. An answer is theta, float64[dim].

    A run may use what `passes` full gradients cost, passes * n * (c_expensive + 2 c_model) calls.
    """

    title = "Expensive gradients"
    kind = "oracle"
    timed = False
    cost_name = "log10 of the suboptimality relative to that of the start"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "logistic": {"n": 4000, "dim": 100, "l2": 0.0, "passes": 50, **_PRICES},
        "squared": {"n": 4000, "dim": 100, "l2": 0.0, "passes": 50, **_PRICES},
        "breast_cancer": {"l2": 0.001, "passes": 50, **_PRICES},
        "digits": {"l2": 0.001, "passes": 50, **_PRICES},
        "wine": {"l2": 0.001, "passes": 50, **_PRICES},
        "diabetes": {"l2": 0.0, "passes": 50, **_PRICES},
    }
    suites: ClassVar = {
        "smoke": [
            "logistic[n=300,dim=10,passes=10]",
            "squared[n=200,dim=5,passes=10]",
            "breast_cancer[passes=10]",
        ],
        "standard": [
            "logistic",
            "logistic[passes=10]",
            "logistic[c_expensive=1]",
            "logistic[c_expensive=1000,passes=20]",
            "squared[passes=20]",
            "breast_cancer",
            "digits",
            "diabetes",
        ],
        "large": [
            "logistic[n=20000]",
            "logistic[n=20000,dim=400,passes=20]",
            "logistic[n=200000,passes=10]",
        ],
        "tuning": [
            "logistic[n=3000,dim=80]",
            "logistic[n=3000,dim=80,passes=10]",
            "squared[n=3000,dim=80,passes=20]",
            "logistic[n=600,dim=30,passes=30]",
            "wine",
        ],
        "edge": [
            "squared[n=1,dim=1,passes=20]",
            "squared[n=3,dim=7,passes=20]",
            "logistic[n=2,dim=1,l2=0.1,passes=20]",
            "logistic[n=6,dim=9,l2=0.01,c_expensive=1,c_model=0]",
            "logistic[n=30,dim=2,l2=0.01,c_expensive=2,c_model=3]",
        ],
    }
    starter = """\
# data: an oracle with start, n, calls, gradient(theta), stochastic_gradient(theta, indices),
# targets(theta, indices), target_gradient(z, indices), model_vjp(theta, v, indices), smoothness;
# it ends the run when its calls are spent
# answer: theta, float64[dim]
theta = data.start
while True:
    yield theta
    theta = theta - data.gradient(theta) / data.smoothness
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        passes, dear = (_families.at_least(case, name, 1) for name in ("passes", "c_expensive"))
        cheap = _families.at_least(case, "c_model", 0)
        if not 0 <= case.l2 < math.inf:
            raise InvalidCase(f"l2 is {case.l2}, expected 0 or above: write l2=0.001, say")
        features, labels, loss, outputs = getattr(_families, case.family)(case, rng)
        n, width = features.shape
        data = {
            "features": np.ascontiguousarray(features),
            "labels": labels,
            "loss": loss,
            "outputs": outputs,
            "l2": float(case.l2),
            "start": np.zeros(width * outputs),
            "calls": passes * n * (dear + 2 * cheap),
            "c_expensive": dear,
            "c_model": cheap,
        }
        objective = Objective(data)
        bend, squares = objective.loss.smoothness, (features**2).sum(axis=1)
        gram = features.T @ features / n
        data["smoothness"] = bend * float(np.linalg.eigvalsh(gram)[-1]) + data["l2"]
        data["component_smoothness"] = bend * float(squares.max()) + data["l2"]
        _has_a_minimum(objective)
        least, _ = minimum(objective, data["start"])
        scale = objective.value(data["start"]) - least
        return Instance(
            data=data,
            truth={"least": least, "scale": scale},
            sizes={"n": n, "dim": objective.dim},
            optimum=math.log10(LEAST_GAP),
        )

    def open(self, data, meter: Meter) -> Oracle:
        limit(meter, data["calls"])
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        objective = Objective(instance.data)
        theta = vector(answer, objective.dim, "theta")
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient = objective.value(theta), objective.gradient(theta)
        gap = value - instance.truth["least"]
        cost = decades(gap, instance.truth["scale"])
        norm = float(np.linalg.norm(gradient))
        return cost, {"suboptimality": gap, "value": value, "gradient_norm": norm}


def _has_a_minimum(objective: Objective) -> None:
    """Refuse classes that can be separated, without l2: their loss falls for ever, towards 0.

    Of several classes each is held against the rest, which is enough to refuse them.

    Raises:
        InvalidCase: what to do.
    """
    if objective.l2 or objective.loss.smoothness == 1:
        return
    if objective.outputs == 1:
        points = [theta for _, theta in islice(newton(objective, np.zeros(objective.dim)), 20)]
        if points and has_minimum_near(objective, points[-1]):
            return  # the linear programme takes a minute of large instances
    classes = range(objective.outputs) if objective.outputs > 1 else [1]
    if any(_separated(objective.features, objective.labels == one) for one in classes):
        raise InvalidCase("the classes can be separated: give l2=0.001, say, or a larger n")


def _separated(features, ours):
    """Whether there is a direction in which no margin shrinks and one grows."""
    from scipy.optimize import linprog

    signed = np.where(ours[:, None], features, -features)
    found = linprog(
        -signed.sum(axis=0),
        -signed,
        np.zeros(len(signed)),
        bounds=[(-1, 1)] * signed.shape[1],
        method="highs",
    )
    return found.fun < -1e-7
