"""Non-smooth non-convex optimisation: find a point near which some gradients cancel.

The functions are Lipschitz where it matters, but neither smooth nor convex, so that no method can
find a point where the gradient is small. What can be found is a (delta, eps)-Goldstein stationary
point: a convex combination of gradients within delta of it is shorter than eps.

The cost is log10 of |grad f(x)|_delta against that at the start, no lower than -4. It is estimated
with gradients at fixed offsets (100 + 3 dim of them, the same for all answers) and an exact
smallest convex combination. So it is never too low, and the same in every run. Other offsets move
it, as measured on the suite `standard` with 20 draws, by 1 to 3 % (one sigma) where it is above a
tenth of the start's, by 2 to 15 % down to a hundredth, and by 15 to 30 % below, that is 0.1 of the
cost; there three times as many offsets lower it by up to half, as the hull is then nearly full.

Goldstein stationarity is a property of saddles, maxima and flat places too, and so of points that
nobody need look for: in phase retrieval and in the factorisation of 0, where all gradients vanish,
and in nets of those whose hidden units are all dead, where steps that are far too long lead. By the
definition they are stationary, and the theory promises no more. So that nothing is won there, an
answer whose value is above 0.9 of such a place's (with the best constant for dead nets) costs no
less than the log10 of its value against the start's. Other saddles, and nets with some dead units,
count as the definition says. The scores `goldstein` and `value` are the bare numbers.

With `measure=value` the cost is the log10 of the objective against that at the start instead, which
the theory says nothing about.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_optimization._checks import finite, limit, vector
from bench_optimization._components import check_indices
from bench_optimization.nonsmooth_nonconvex import _families
from bench_optimization.nonsmooth_nonconvex._goldstein import offsets, stationarity
from bench_optimization.nonsmooth_nonconvex._objectives import objective
from harness.api import Case, Instance, InvalidCase, Meter, Problem, Symmetry

_BY_COMPONENT = {
    "robust_phase": ("rows", "targets"),
    "relu_net": ("inputs", "targets"),
    "max_quadratics": ("curvatures", "heights", "centres"),
}
FLOOR = 1e-4  # of the start; below it a hull holds 0 up to rounding and to the luck of the offsets
LEVEL = 0.9  # of the value at places known to be flat; above, a point costs as by its value
_COMMON = {"passes": 100.0, "delta": 0.1, "measure": "goldstein"}


class Oracle:
    """Counts component gradients.

    Attributes:
        start: float64[dim].
        n: number of components.
        calls: component gradients that the run may use.
        delta: radius of the ball in which gradients may be combined.
    """

    def __init__(self, data, meter: Meter) -> None:
        self._function = objective(data)
        self._count = meter.count
        self.n = self._function.n
        limit(meter, data["calls"])
        self.calls = data["calls"]
        self.delta = data["delta"]
        self.start = np.array(data["start"])

    def value(self, x: np.ndarray) -> float:
        """The objective; n calls."""
        self._count(self.n)
        return self._function.value(x)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        """The gradient, float64[dim]; n calls."""
        self._count(self.n)
        return self._function.gradient(x)

    def stochastic_gradient(self, x: np.ndarray, indices: np.ndarray) -> np.ndarray:
        """The mean gradient over components, float64[dim]; as many calls as indices.

        Args:
            x: float64[dim].
            indices: int64[batch], 0..n-1; one that comes twice counts twice.
        """
        check_indices(indices, self.n)
        self._count(len(indices))
        return self._function.gradient(x, indices)


class NonsmoothNonconvex(Problem):
    """Get Goldstein stationary within a number of component gradients.

    The oracle has `start`, `n`, `calls`, `delta`, `value(x)`, `gradient(x)` (n calls each) and
    `stochastic_gradient(x, indices)`. An answer is a point, float64[dim].
    """

    title = "Non-smooth non-convex optimisation"
    kind = "oracle"
    timed = False
    cost_name = "Goldstein stationarity (log10, against the start)"
    compare = "difference"
    size = "dim"
    families: ClassVar = {
        "robust_phase": {"dim": 20, "n": 400, "outliers": 0.1, **_COMMON},
        "relu_net": {
            "inputs": 5,
            "hidden": 10,
            "teacher": 3,
            "n": 500,
            "outliers": 0.1,
            **_COMMON,
        },
        "factorisation": {"height": 20, "columns": 20, "rank": 2, "outliers": 0.1, **_COMMON},
        "max_quadratics": {"dim": 20, "n": 100, "pieces": 5, "curvature": 0.5, **_COMMON},
    }
    suites: ClassVar = {
        "smoke": ["robust_phase[dim=5,n=50,passes=200]", "max_quadratics[dim=3,n=20,passes=200]"],
        "standard": [
            "robust_phase[passes=160]",
            "robust_phase[passes=640]",
            "robust_phase[passes=160,delta=0.01]",
            "robust_phase[passes=160,measure=value]",
            "relu_net[passes=320]",
            "factorisation[passes=320]",
            "max_quadratics[passes=640]",
            "max_quadratics[passes=640,curvature=0.0,pieces=10]",
        ],
        "large": [
            "robust_phase[dim=100,n=20000,passes=20]",
            "relu_net[inputs=8,hidden=10,n=2000,passes=100]",
            "factorisation[height=60,columns=60,rank=3,passes=200]",
            "max_quadratics[dim=100,n=1000,passes=200]",
        ],
        "tuning": [
            "robust_phase[dim=15,n=300,passes=200]",
            "relu_net[inputs=4,hidden=8,n=400,passes=300]",
            "factorisation[height=15,columns=20,passes=300]",
            "max_quadratics[dim=15,n=120,passes=500]",
        ],
        "edge": [
            "robust_phase[dim=1,n=1,outliers=0.0,passes=500]",
            "robust_phase[dim=2,n=30,outliers=1.0,passes=100]",
            "relu_net[inputs=1,hidden=1,teacher=1,n=20,passes=200]",
            "factorisation[height=1,columns=3,rank=1,outliers=0.0,passes=400,delta=0.5]",
            "max_quadratics[dim=1,n=1,pieces=1,passes=500]",
            "max_quadratics[dim=1,n=10,pieces=3,passes=300]",
        ],
    }
    starter = """\
# oracle.start: the start; oracle.n components, of which oracle.calls gradients may be used
# oracle.stochastic_gradient(x, indices): mean gradient over components; .gradient(x), .value(x)
# answer: a point, float64[dim], near which (oracle.delta) gradients cancel
x = oracle.start.copy()
yield x
while True:
    x -= 1e-3 * oracle.stochastic_gradient(x, rng.integers(oracle.n, size=8))
    yield x
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        if not case.delta > 0.0 or not math.isfinite(case.delta):
            raise InvalidCase(f"delta = {case.delta}; expected a radius above 0: write delta=0.1")
        if case.measure not in ("goldstein", "value"):
            raise InvalidCase(f"measure = {case.measure!r}; expected goldstein or value")
        described, start, planted = getattr(_families, case.family)(case, rng)
        data = {"objective": case.family, **described, "start": start, "delta": float(case.delta)}
        function = objective(data)
        data["calls"] = int(case.passes * function.n)
        if data["calls"] < 1:
            raise InvalidCase(f"passes = {case.passes}; expected at least one call: write passes=1")
        directions = offsets(rng, function.dim)
        truth = {
            "directions": directions,
            "measure": case.measure,
            "residual": stationarity(function, start, directions, data["delta"]),
            "value": function.value(start),
        }
        if not truth[{"goldstein": "residual", "value": "value"}[case.measure]] > 0.0:
            raise InvalidCase("the start can't be improved upon: take draw=1")
        sizes = {"dim": function.dim, "n": function.n}
        instance = Instance(data, truth, sizes)
        # What is planted is a minimum unless outliers are many; where it is, the floor is reached.
        least = math.log10(FLOOR)
        if planted is not None and self.score(instance, planted)[0] == least:
            return Instance(data, truth, sizes, least)
        return instance

    def open(self, data: object, meter: Meter) -> Oracle:
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data, truth = instance.data, instance.truth
        function = objective(data)
        point = vector(answer, function.dim)
        with np.errstate(over="ignore", invalid="ignore"):
            value = function.value(point)
            gradient = function.gradient(point)
            length = float(np.linalg.norm(gradient))
        finite(np.array([value, length]), "the value or the gradient at the point")
        residual = stationarity(function, point, truth["directions"], data["delta"])
        share = residual / truth["residual"]
        if truth["measure"] == "value":
            share = value / truth["value"]
        elif value > LEVEL * function.level:
            share = max(share, value / truth["value"])
        return math.log10(max(share, FLOOR)), {
            "goldstein": residual,
            "value": value,
            "gradient_norm": length,
        }

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = {name: instance.data[name] for name in instance.data}
        if data["objective"] == "factorisation":
            yield _rows_permuted(instance, data, rng.permutation(len(data["matrix"])))
            return
        order = rng.permutation(len(data[_BY_COMPONENT[data["objective"]][0]]))
        changed = {name: data[name][order] for name in _BY_COMPONENT[data["objective"]]}
        yield Symmetry(
            "components permuted",
            Instance({**data, **changed}, instance.truth, instance.sizes, instance.optimum),
        )
        if data["objective"] == "robust_phase":
            truth = {name: instance.truth[name] for name in instance.truth}
            truth["directions"] = -truth["directions"]
            changed = {**data, "start": -data["start"]}
            yield Symmetry(
                "the start negated",
                Instance(changed, truth, instance.sizes, instance.optimum),
                back=lambda answer: -np.asarray(answer),
            )


def _rows_permuted(instance: Instance, data: dict, order: np.ndarray) -> Symmetry:
    """The rows of the matrix in another order, and with them the left factors of all points."""
    rank, dim = data["rank"], len(data["start"])
    left = np.arange(len(order) * rank).reshape(-1, rank)
    there = np.concatenate([left[order].ravel(), np.arange(left.size, dim)])
    back = np.argsort(there)
    truth = {name: instance.truth[name] for name in instance.truth}
    truth["directions"] = truth["directions"][:, there]
    changed = {**data, "matrix": data["matrix"][order], "start": data["start"][there]}
    return Symmetry(
        "rows permuted",
        Instance(changed, truth, instance.sizes, instance.optimum),
        back=lambda answer: np.asarray(answer)[back],
    )
