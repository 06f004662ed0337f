"""Generalised smoothness: minimise functions whose curvature grows with their gradient.

Phase retrieval, quartics, sums of cosh and exponentials, and robust regression have no Lipschitz
gradient: a step that is safe at a far start is far too short near the end. What holds is
|grad f(x') - grad f(x)| <= (L0 + L1 max |grad f|^alpha) |x' - x| along the segment.

The cost is log10 of (f(x) - f*) / (f(x0) - f*), no lower than -10. f* is 0 by construction for
power, quartic and cosh; for the convex exponential and robust_regression it is found by Newton's
method, to rounding. For phase retrieval f* is the minimum that Newton's method finds from the
planted point, which is taken for the least, but not proven to be.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_optimization._checks import decades, finite, limit, vector
from bench_optimization._components import check_indices
from bench_optimization.generalised_smooth import _families
from bench_optimization.generalised_smooth._objectives import objective
from bench_optimization.generalised_smooth._optimum import polished
from harness.api import Case, Instance, InvalidCase, Meter, Problem, Symmetry

_EXACT = ("power", "quartic", "cosh")  # their least value is 0


class Oracle:
    """Counts component gradients.

    Attributes:
        start: float64[dim].
        n: number of components.
        calls: component gradients that the run may use.
    """

    def __init__(self, data, meter: Meter) -> None:
        self._function = objective(data)
        self._count = meter.count
        self.n = self._function.n
        limit(meter, data["calls"])
        self.calls = data["calls"]
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


class GeneralisedSmooth(Problem):
    """Minimise within a number of component gradients.

    The oracle has `start`, `n`, `calls`, `value(x)`, `gradient(x)` (n calls each) and
    `stochastic_gradient(x, indices)`. An answer is a point, float64[dim].
    """

    title = "Generalised-smooth optimisation"
    kind = "oracle"
    timed = False
    cost_name = "gap to the optimum (log10, against the start)"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "reference": {"warm": 0, "passes": 500.0},
        "phase": {"n": 500, "dim": 20, "noise": 1.0, "distance": 5.0, "passes": 300.0},
        "power": {"dim": 5, "distance": 10.0, "passes": 1000.0},
        "quartic": {"n": 500, "dim": 20, "distance": 10.0, "passes": 300.0},
        "cosh": {"n": 500, "dim": 20, "distance": 25.0, "passes": 300.0},
        "exponential": {"n": 500, "dim": 20, "penalty": 0.01, "distance": 20.0, "passes": 300.0},
        "robust_regression": {
            "data": "generated",
            "n": 1000,
            "dim": 10,
            "lam": 0.1,
            "distance": 3.0,
            "passes": 300.0,
        },
    }
    suites: ClassVar = {
        "smoke": ["power[dim=5,passes=200]", "phase[n=100,dim=5,passes=100]"],
        "standard": [
            "reference",
            "reference[warm=100,passes=20]",
            "phase",
            "power[dim=50,passes=300]",
            "quartic",
            "cosh",
            "exponential",
            "robust_regression",
            "robust_regression[data=diabetes]",
        ],
        "large": [
            "phase[n=20000,dim=100,passes=60]",
            "quartic[n=20000,dim=100,passes=60]",
            "robust_regression[n=200000,dim=20,passes=20]",
            "exponential[n=50000,dim=50,passes=40]",
        ],
        "tuning": [
            "phase[n=600,dim=30]",
            "power[dim=20,distance=20.0,passes=300]",
            "quartic[n=400,dim=30]",
            "cosh[n=400,dim=15,distance=20.0]",
            "exponential[n=400,dim=15]",
            "robust_regression[n=800,dim=15]",
        ],
        "edge": [
            "power[dim=1,passes=2000]",
            "phase[n=1,dim=1,noise=0.0,passes=2000]",
            "phase[n=30,dim=2,distance=0.0,passes=500]",
            "quartic[n=1,dim=1,passes=2000]",
            "quartic[n=3,dim=5,distance=1e-3,passes=800]",
            "cosh[n=2,dim=1,distance=8.0,passes=1500]",
            "exponential[n=2,dim=1,distance=5.0,passes=1500]",
            "robust_regression[n=2,dim=1,passes=1500]",
        ],
    }
    starter = """\
# oracle.start: the start; oracle.n components, of which oracle.calls gradients may be used
# oracle.stochastic_gradient(x, indices): mean gradient over components; .gradient(x), .value(x)
# answer: a point, float64[dim]
x = oracle.start.copy()
yield x
while True:
    gradient = oracle.gradient(x)
    x -= 0.1 * gradient / max(1.0, float(gradient @ gradient)) ** 0.5
    yield x
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        described, start, planted = getattr(_families, case.family)(case, rng)
        function = objective(described)
        if case.family == "reference":
            start = _warmed(function, start, case.warm)
        calls = round(case.passes * function.n)
        if calls < 1:
            raise InvalidCase(f"passes = {case.passes}; expected at least one call: write passes=1")
        least = 0.0
        if case.family not in _EXACT:
            least = function.value(polished(function, start if planted is None else planted))
        first = function.value(start)
        if not math.isfinite(first) or not first > least:
            raise InvalidCase(
                f"the value at the start is {first}, that at the optimum {least}; expected a "
                "finite one above it: choose another distance"
            )
        data = {**described, "start": start, "calls": calls}
        truth = {"least": least, "first": first}
        return Instance(data, truth, {"n": function.n, "dim": function.dim}, -10.0)

    def open(self, data: object, meter: Meter) -> Oracle:
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        function, truth = objective(instance.data), instance.truth
        point = vector(answer, function.dim)
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient = function.value(point), function.gradient(point)
        finite(np.append(gradient, value), "the value or the gradient at the point")
        gap = value - truth["least"]
        scores = {"value": value, "gap": gap, "gradient_norm": float(np.linalg.norm(gradient))}
        return decades(gap, truth["first"] - truth["least"]), scores

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = {name: instance.data[name] for name in instance.data}

        def changed(**parts) -> Instance:
            return Instance({**data, **parts}, instance.truth, instance.sizes, instance.optimum)

        order = rng.permutation(len(data["rows"]))
        yield Symmetry(
            "components permuted",
            changed(rows=data["rows"][order], targets=data["targets"][order]),
        )
        # The last entry of a point is no weight of a column where the regression is robust.
        columns = rng.permutation(data["rows"].shape[1])
        there = np.concatenate([columns, np.arange(len(columns), len(data["start"]))])
        yield Symmetry(
            "coordinates permuted",
            changed(
                rows=np.ascontiguousarray(data["rows"][:, columns]), start=data["start"][there]
            ),
            back=lambda answer: np.asarray(answer)[np.argsort(there)],
        )


def _warmed(function, x: np.ndarray, steps: int) -> np.ndarray:
    """Steps of 2/3-GD as the paper takes before it compares stochastic methods.

    The paper's step is 0.1 g / |g|^(2/3) for half of the gradient.
    """
    for _ in range(steps):
        half = 0.5 * function.gradient(x)
        x = x - 0.1 * half / np.linalg.norm(half) ** (2 / 3)
    return x
