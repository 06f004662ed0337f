"""Averages of iterates: the best weights from one pass of stochastic gradients over a stream.

The loss is E (y - w.x)^2 / 2 with Gaussian inputs of known spectrum, or a quadratic with additive
noise, so that the excess risk of any weights is exact: 1/2 sum_i lambda_i (w_i - w*_i)^2. What is
compared is what is made of the iterates: the last, an average, or the last after a decay of steps.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np

from bench_optimization._checks import LEAST_GAP, limit, vector
from bench_optimization.iterate_averaging._oracle import Stream
from harness.api import Case, Data, Instance, InvalidAnswer, InvalidCase, Meter, Problem, Symmetry


class IterateAveraging(Problem):
    """Estimate weights from so many samples, each seen once.

    The solver gets a stream (`_oracle.Stream`). An answer is a vector of weights, float64[d]. Its
    cost is its excess risk as a share of the start's, and no less than 1e-10.

    Families: in `regression` samples are inputs with covariance diag(i^-power) and targets with
    normal errors; the noise of gradients grows with the risk. In `quadratic` the gradient noise has
    the covariance noise^2 H whatever the weights. `worked` is a case of three weights, small
    enough to be worked out beside it.
    """

    title = "Averages of iterates"
    kind = "oracle"
    timed = False
    cost_name = "excess risk, as a share of the start's"
    counts = "last"
    compare = "ratio"
    size = "n"
    families: ClassVar = {
        "regression": {"d": 200, "power": 1.0, "noise": 1.0, "samples": 10000},
        "quadratic": {"d": 200, "power": 1.0, "noise": 1.0, "samples": 10000},
        "worked": {"samples": 100},
    }
    suites: ClassVar = {
        "smoke": [
            "worked",
            "regression[d=20,samples=500]",
            "quadratic[d=20,samples=500]",
        ],
        "standard": [
            "regression[samples=1000]",
            "regression",
            "regression[power=2.0]",
            "regression[noise=0.1]",
            "quadratic[samples=1000]",
            "quadratic",
            "quadratic[noise=0.3,samples=4000]",
            "regression[d=1000]",
        ],
        "large": [
            "regression[samples=100000]",
            "regression[d=1000,power=2.0,samples=30000]",
            "quadratic[samples=100000]",
        ],
        "growth": [f"regression[samples={n}]" for n in (500, 1000, 2000, 4000, 8000)],
        "tuning": [
            "regression[d=150,samples=2000]",
            "regression[d=150,power=1.5]",
            "regression[d=150,noise=0.2]",
            "quadratic[d=150,samples=2000]",
            "quadratic[d=150,noise=0.5]",
        ],
        "edge": [
            "regression[d=1,samples=50]",
            "regression[d=1,noise=0.0,samples=50]",
            "regression[d=3,power=0.0,samples=60]",
            "regression[d=30,power=4.0,samples=60]",
            "quadratic[d=1,noise=0.1,samples=50]",
            "quadratic[d=5,noise=0.0,samples=50]",
            "regression[d=8,samples=1]",
        ],
    }
    starter = """\
# data.start, data.calls: the start, the number of samples allowed
# data.follow(number): choose a stream; data.gradient(w): the gradient on its next sample
# data.stable_step(): the largest constant step at which the noise stays bounded
# answer: weights, an array like data.start
data.follow(int(rng.integers(2**62)))
w = data.start
for _ in range(data.calls):
    w = w - 0.25 * data.stable_step() * data.gradient(w)
    yield w
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        if case.samples < 1:
            raise InvalidCase(f"samples is {case.samples}, expected at least 1")
        if case.family == "worked":
            return _instance(0.25 ** np.arange(3), np.array([-1.0, 1.0, -2.0]), 0.5, False, case, 0)
        if case.d < 1:
            raise InvalidCase(f"d is {case.d}, expected at least 1")
        if not 0 <= case.noise < np.inf or not 0 <= case.power <= 10:
            raise InvalidCase(
                f"noise is {case.noise} and power {case.power}; expected a standard deviation, and "
                "a power from 0 to 10"
            )
        spectrum = np.arange(1, case.d + 1) ** -float(case.power)
        best = rng.choice([-1.0, 1.0], size=case.d)
        seed = int(rng.integers(2**62))
        return _instance(spectrum, best, case.noise, case.family == "quadratic", case, seed)

    def open(self, data: Data, meter: Meter) -> Stream:
        limit(meter, data.samples)
        return Stream(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data = instance.data
        error = vector(answer, len(data["start"]), "the answer") - data["best"]
        with np.errstate(over="ignore"):
            risk = float(data["spectrum"] @ (error * error)) / 2
        if not np.isfinite(risk):
            raise InvalidAnswer("the risk of the answer is not finite: the run diverged")
        share = risk / instance.truth["risk"]
        return max(share, LEAST_GAP), {
            "excess_risk": risk,
            "distance": float(np.linalg.norm(error)),
            "decades": float(np.log10(max(share, LEAST_GAP))),
        }

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data, risk = instance.data, instance.truth["risk"]

        def scaled(**factors: float) -> Instance:
            changed = {name: data[name] * factors.get(name, 1) for name in data}
            part = factors.get("spectrum", 1.0) * factors.get("best", 1.0) ** 2
            return replace(instance, data=changed, truth={"risk": risk * part})

        yield Symmetry(
            "weights and errors of targets times 4",
            scaled(best=4.0, start=4.0, noise=4.0),
            back=lambda answer: np.asarray(answer) / 4,
            strict=True,
        )
        yield Symmetry(
            "inputs and errors of targets doubled", scaled(spectrum=4.0, noise=2.0), strict=True
        )
        yield Symmetry(
            "weights mirrored",
            scaled(best=-1.0, start=-1.0, noise=-1.0),
            back=lambda answer: -np.asarray(answer),
            strict=True,
        )


def _instance(
    spectrum: np.ndarray, best: np.ndarray, noise: float, additive: bool, case: Case, seed: int
) -> Instance:
    return Instance(
        data={
            "spectrum": spectrum,
            "start": np.zeros(len(best)),
            "best": best,
            "noise": float(noise),
            "additive": additive,
            "samples": int(case.samples),
            "seed": seed,
        },
        truth={"risk": float(spectrum @ (best * best)) / 2},
        sizes={"n": case.samples, "d": len(best)},
    )
