"""Least squares under interpolation: minimise (1/2n) sum_i (a_i.x - b_i)^2 by sampled gradients.

Where some x meets all targets at once, the noise of sampled gradients vanishes at the optimum, and
constant steps converge; how fast depends on the condition and on how much single rows disagree.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np

from bench_optimization._checks import decades, limit, vector
from bench_optimization.least_squares_interpolation import _families, _theory
from bench_optimization.least_squares_interpolation._oracle import Oracle
from harness.api import Case, Data, Instance, InvalidCase, Meter, Problem, Symmetry


class LeastSquaresInterpolation(Problem):
    """Find the weights of least squared error within a number of passes over the rows.

    The solver gets an oracle (`_oracle.Oracle`). An answer is a point, float64[d]. Its cost is the
    log10 of f(x) - f*, against that of the start, and no less than -10. f* is 0 where the targets
    can all be met, and else found by a singular value decomposition.
    """

    title = "Least squares under interpolation"
    kind = "oracle"
    timed = False
    cost_name = "log10 of the suboptimality, against that of the start"
    counts = "last"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "unit_rows": {"n": 2000, "d": 50, "noise": 0.0, "passes": 5.0},
        "spectrum": {"n": 4000, "d": 20, "condition": 1000.0, "noise": 0.0, "passes": 10.0},
        "overparameterised": {"n": 200, "d": 500, "passes": 100.0},
        "duplicates": {"n": 2000, "d": 50, "distinct": 200, "passes": 5.0},
        "rare": {"n": 2000, "d": 50, "rare": 5, "passes": 10.0},
        "real": {"name": "diabetes", "passes": 100.0},
    }
    suites: ClassVar = {
        "smoke": [
            "unit_rows[n=200,d=10,passes=20]",
            "overparameterised[n=30,d=60,passes=50]",
            "spectrum[n=200,d=5,condition=30,noise=0.1,passes=20]",
        ],
        "standard": [
            "unit_rows[d=500]",
            "spectrum",
            "spectrum[n=2000,d=100,condition=10000,passes=50]",
            "overparameterised",
            "duplicates",
            "rare",
            "unit_rows[noise=0.1]",
            "spectrum[noise=0.01,passes=50]",
            "real",
        ],
        "large": [
            "unit_rows[n=200000,d=100,passes=1]",
            "spectrum[n=200000,d=50,condition=1000,passes=2]",
            "overparameterised[n=500,d=1000]",
            "real[name=digits]",
        ],
        "growth": [f"unit_rows[n={n},passes=10]" for n in (500, 1000, 2000, 4000, 8000)],
        "tuning": [
            "unit_rows[n=1500,d=400]",
            "spectrum[n=3000,d=30,condition=2000]",
            "overparameterised[n=150,d=400]",
            "duplicates[n=1500,d=40,distinct=100]",
            "rare[n=1500,d=40,rare=3]",
            "unit_rows[n=1500,d=40,noise=0.2]",
        ],
        "edge": [
            "unit_rows[n=1,d=1,passes=20]",
            "unit_rows[n=5,d=1,passes=20]",
            "overparameterised[n=1,d=3,passes=20]",
            "overparameterised[n=8,d=8,passes=50]",
            "duplicates[n=20,d=4,distinct=1,passes=20]",
            "duplicates[n=20,d=4,distinct=3,passes=20]",
            "rare[n=12,d=3,rare=1,passes=20]",
            "spectrum[n=40,d=3,condition=1,noise=0.1,passes=20]",
        ],
    }
    starter = """\
# data.start, data.n, data.calls: the start, the number of components, the calls allowed
# data.stochastic_gradient(x, indices): mean gradient of some components
# answer: a point; data.smoothness and others are what the theory knows
x = data.start
for index in rng.integers(data.n, size=(data.calls, 1)):
    x = x - data.stochastic_gradient(x, index) / data.component_smoothness
    yield x
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        for name in ("n", "d"):
            if name in case.parameters and case.parameters[name] < 1:
                raise InvalidCase(f"{name} is {case.parameters[name]}, expected at least 1")
        rows, targets, start = getattr(_families, case.family)(case, rng)
        rows = np.ascontiguousarray(rows)
        if not case.passes * len(rows) >= 1:
            raise InvalidCase(f"passes is {case.passes}, expected enough for one of the gradients")
        return _instance(rows, targets, start, round(case.passes * len(rows)))

    def open(self, data: Data, meter: Meter) -> Oracle:
        limit(meter, data.calls)
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data, truth = instance.data, instance.truth
        x = vector(answer, len(data["start"]))
        with np.errstate(over="ignore", invalid="ignore"):
            beyond = data["features"] @ x - truth["fitted"]  # by Pythagoras, the rest is constant
            gap = float(beyond @ beyond) / (2 * len(beyond))
            cost = decades(gap, truth["gap"])
            slope = beyond @ data["features"] / len(beyond)
            distance = float(np.linalg.norm(x - truth["solution"])) / truth["distance"]
        return cost, {
            "suboptimality": gap,
            "gradient_norm": float(np.linalg.norm(slope)),
            "distance_to_nearest_solution": distance,
        }

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = instance.data
        rows, targets, start = data["features"], data["targets"], data["start"]
        order = rng.permutation(len(rows))
        yield Symmetry(
            "rows permuted",
            _instance(np.ascontiguousarray(rows[order]), targets[order], start, data["calls"]),
        )
        turn, _ = np.linalg.qr(rng.normal(size=(len(start), len(start))))
        yield Symmetry(
            "weights turned",
            _instance(np.ascontiguousarray(rows @ turn), targets, start @ turn, data["calls"]),
            back=lambda answer: turn @ np.asarray(answer),
        )
        yield Symmetry("rows and targets times 4", _scaled(instance, 4.0, 1.0), strict=True)
        yield Symmetry(
            "weights and targets times 4",
            _scaled(instance, 1.0, 4.0),
            back=lambda answer: np.asarray(answer) / 4,
            strict=True,
        )


def _instance(rows: np.ndarray, targets: np.ndarray, start: np.ndarray, calls: int) -> Instance:
    squares = np.einsum("ij,ij->i", rows, rows)
    if not squares.all():
        raise InvalidCase(
            f"row {int(np.argmin(squares))} is 0, and tells nothing; expected rows that are not"
        )
    parts = _theory.decompose(rows)
    fitted = parts.u.T @ (targets - rows @ start)  # in the coordinates of the row space
    step = (fitted / parts.s) @ parts.v
    gap = float(fitted @ fitted) / (2 * len(rows))
    if not gap > 0:
        raise InvalidCase("the start is a solution; expected one that leaves something to do")
    constants = _theory.constants(rows, parts)
    return Instance(
        data={
            "features": rows,
            "targets": targets,
            "start": start,
            "calls": calls,
            "row_smoothness": squares,
            **constants,
        },
        truth={
            "fitted": rows @ start + parts.u @ fitted,
            "solution": start + step,
            "gap": gap,
            "distance": float(np.linalg.norm(step)),
        },
        sizes={
            "n": len(rows),
            "d": len(start),
            "condition": constants["smoothness"] / constants["strong_convexity"],
            "growth": constants["growth"],
        },
        optimum=-10.0,
    )


def _scaled(instance: Instance, rows: float, weights: float) -> Instance:
    """The same problem in other units, by powers of two, so that nothing is rounded anew."""
    data, truth, square = instance.data, instance.truth, rows * rows
    targets = rows * weights
    factors = {
        "features": rows,
        "targets": targets,
        "start": weights,
        "row_smoothness": square,
        "smoothness": square,
        "strong_convexity": square,
        "component_smoothness": square,
        "second_moment_smoothness": square,
    }
    return replace(
        instance,
        data={name: data[name] * factors.get(name, 1) for name in data},
        truth={
            "fitted": truth["fitted"] * targets,
            "solution": truth["solution"] * weights,
            "gap": truth["gap"] * targets * targets,
            "distance": truth["distance"] * weights,
        },
    )
