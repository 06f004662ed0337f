"""l_p regression: minimise (1/n) sum_i |x_i.w - y_i|^p / p with full gradients.

For p = 2 it is least squares. For p = 4 the curvature vanishes with the residuals, so that gradient
descent with a constant step is slow near the optimum, and what adapts its steps is ahead.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np

from bench_optimization._checks import decades, limit, vector
from bench_optimization.lp_regression import _families, _loss
from harness.api import Case, Data, Instance, InvalidAnswer, InvalidCase, Meter, Problem, Symmetry


class LpRegression(Problem):
    """Find the weights of least l_p error within a number of full gradients.

    The solver gets an oracle (`Oracle`). An answer is a vector of weights, float64[d]. Its cost is
    the log10 of f(w) - f*, against that of the start, and no less than -10; f* is found by Newton's
    method.
    """

    title = "l_p regression"
    kind = "oracle"
    timed = False
    cost_name = "log10 of the suboptimality, against that of the start"
    counts = "last"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "plane": {"first": 10.0, "second": 1.0, "p": 4, "passes": 2000},
        "factors": {
            "n": 500,
            "d": 32,
            "factors": 8,
            "spread": 0.3,
            "noise": 0.3,
            "p": 4,
            "passes": 5000,
        },
        "real": {"name": "diabetes", "p": 4, "passes": 5000},
    }
    suites: ClassVar = {
        "smoke": ["plane[passes=500]", "factors[n=60,d=8,factors=3,passes=500]"],
        "standard": [
            "plane",
            "plane[p=2]",
            "plane[first=100,passes=20000]",
            "factors",
            "factors[p=2]",
            "factors[n=2500,d=128]",
            "real",
            "real[p=2]",
        ],
        "large": [
            "factors[n=20000,d=64,passes=500]",
            "factors[n=2500,d=128,p=3,passes=2000]",
            "real[name=digits,passes=2000]",
        ],
        "growth": [f"factors[n={n},passes=500]" for n in (250, 500, 1000, 2000, 4000)],
        "tuning": [
            "plane[first=20.0,second=2.0]",
            "factors[n=400,d=24,factors=6]",
            "factors[n=400,d=24,factors=6,p=2]",
            "factors[n=400,d=48]",
        ],
        "edge": [
            "plane[first=0.02,second=0.03,passes=50]",
            "plane[first=-3.0,second=0.0,p=3,passes=100]",
            "factors[n=2,d=1,factors=1,passes=20]",
            "factors[n=5,d=1,factors=1,noise=0.0,p=2,passes=50]",
            "factors[n=4,d=6,factors=2,p=2,passes=50]",
        ],
    }
    starter = """\
# data.start, data.n, data.calls: the start, samples, component gradients allowed
# data.gradient(w): the full gradient, for n calls; data.curvature: the largest at the start
# answer: weights, an array like data.start
w = data.start
while True:
    yield w
    w = w - data.gradient(w) / data.curvature
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        for name in ("n", "d", "passes"):
            if name in case.parameters and case.parameters[name] < 1:
                raise InvalidCase(f"{name} is {case.parameters[name]}, expected at least 1")
        if not 2 <= case.p <= 8:
            raise InvalidCase(f"p is {case.p}, expected a number from 2 to 8")
        rows, targets, start = getattr(_families, case.family)(case, rng)
        if not rows.any():
            raise InvalidCase("all features are 0; expected at least two samples that differ")
        p = float(case.p)
        best, least = _loss.minimise(rows, targets, p)
        gap = _loss.value(rows, targets, p, start) - least
        if not gap > 0:
            raise InvalidCase("the start is a solution; expected one that leaves something to do")
        curvature = np.linalg.eigvalsh(_loss.hessian(rows, targets, p, start))
        return Instance(
            data={
                "features": np.ascontiguousarray(rows),
                "targets": targets,
                "start": start,
                "p": p,
                "calls": int(case.passes) * len(rows),
                "curvature": float(curvature[-1]),
            },
            truth={"least": least, "best": best, "gap": gap},
            sizes={"n": len(rows), "d": len(start), "p": p},
            optimum=-10.0,
        )

    def open(self, data: Data, meter: Meter) -> "Oracle":
        limit(meter, data.calls)
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data, truth = instance.data, instance.truth
        w = vector(answer, len(data["start"]), "the answer")
        place = data["features"], data["targets"], data["p"], w
        with np.errstate(over="ignore", invalid="ignore"):
            gap = _loss.value(*place) - truth["least"]
            slope = float(np.linalg.norm(_loss.gradient(*place)))
        cost = decades(gap, truth["gap"])
        if not np.isfinite(slope):
            raise InvalidAnswer("the gradient at the answer is not finite: the run diverged")
        return cost, {
            "suboptimality": max(gap, 0.0),
            "gradient_norm": slope,
            "distance": float(np.linalg.norm(w - truth["best"])),
        }

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data, truth = instance.data, instance.truth
        order = rng.permutation(len(data["targets"]))
        rows = {name: data[name][order] for name in ("features", "targets")}
        yield Symmetry("samples permuted", _changed(instance, rows))
        order = rng.permutation(len(data["start"]))
        back = np.argsort(order)
        yield Symmetry(
            "weights permuted",
            _changed(
                instance,
                {
                    "features": np.ascontiguousarray(data["features"][:, order]),
                    "start": data["start"][order],
                },
                {"best": truth["best"][order]},
            ),
            back=lambda answer: np.asarray(answer)[back],
        )
        yield Symmetry(
            "weights mirrored",
            _changed(
                instance,
                {"targets": -data["targets"], "start": -data["start"]},
                {"best": -truth["best"]},
            ),
            back=lambda answer: -np.asarray(answer),
            strict=True,
        )


def _changed(instance: Instance, data: dict, truth: dict | None = None) -> Instance:
    before = {name: instance.data[name] for name in instance.data}
    known = {name: instance.truth[name] for name in instance.truth}
    return replace(instance, data={**before, **data}, truth={**known, **(truth or {})})


class Oracle:
    """Full gradients of f, each of which counts n.

    Attributes:
        start: float64[d].
        n, dim: samples and weights.
        calls: component gradients that the run may use.
        p: the power.
        curvature: the largest eigenvalue of the Hessian at the start; for p = 2, everywhere.
    """

    def __init__(self, data: Data, meter: Meter) -> None:
        self._place = data.features, data.targets, data.p
        self._meter = meter
        self.start = np.array(data.start)
        self.n, self.dim = (int(length) for length in data.features.shape)
        self.calls, self.p, self.curvature = int(data.calls), data.p, data.curvature

    def gradient(self, w: np.ndarray) -> np.ndarray:
        """The gradient of f; n calls."""
        self._meter.count(self.n)
        return _loss.gradient(*self._place, w)

    def value_and_gradient(self, w: np.ndarray) -> tuple[float, np.ndarray]:
        """f with its gradient; n calls."""
        self._meter.count(self.n)
        return _loss.value(*self._place, w), _loss.gradient(*self._place, w)
