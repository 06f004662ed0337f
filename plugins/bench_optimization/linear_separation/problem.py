"""Linear separation: find a direction with all samples on its right side, in few passes over them.

Given are samples a_i with labels y_i = -1 or +1, and some direction separates them: with
z_i = y_i a_i there is a theta with z_i . theta > 0 for all i. A method is judged by how many passes
it needs to find one. Large steps of gradient descent on the logistic loss turn into the
perceptron's.

The cost is the share of samples on the wrong side when the case's passes are spent, the mean of the
two classes' shares, so that the one sample of a class which stands against a thousand counts. It is
0 where theta separates; a solver ends once it has seen that. So that costs tell solvers apart, the
suites give the same data with few passes and with many; how many passes a solver takes, statistics
over targets show, and claims compare. The margin that was reached is a secondary score: a method
that stops at the first direction that separates makes it no larger than it comes out.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_optimization import _checks
from bench_optimization.linear_separation import _families
from bench_optimization.linear_separation._oracle import Oracle
from harness.api import Case, Instance, InvalidCase, Meter, Problem, Symmetry


class LinearSeparation(Problem):
    """Find theta with z . theta > 0 for every row z.

    A solver gets an oracle (`_oracle.py`), which counts a call for each sample that is looked at
    and allows `passes` times n of them. An answer is float64[d]. Samples with z . theta = 0 count
    as wrong.
    """

    title = "Linear separation"
    kind = "oracle"
    timed = False
    cost_name = "balanced error rate"
    counts = "last"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "worst_case": {"n": 1000, "passes": 1000},
        "imbalanced": {"n": 1000, "half_margin": 0.1, "passes": 1000},
        "balanced": {"n": 1000, "dim": 20, "margin": 0.01, "passes": 1000},
        "digits": {"one": 0, "other": 1, "passes": 100},
        "iris": {"passes": 100},
        "pair": {"passes": 100},
        "triple": {"passes": 1000},
    }
    suites: ClassVar = {
        "smoke": ["worst_case[n=100,passes=40]", "balanced[n=200,dim=5,passes=20]", "iris"],
        "standard": [
            "worst_case[passes=20]",
            "worst_case[passes=320]",
            "imbalanced[passes=20]",
            "imbalanced[passes=600]",
            "balanced[margin=0.03,passes=10]",
            "balanced[passes=200]",
            "digits[passes=5]",
            "digits[one=3,other=8,passes=50]",
            "iris[passes=10]",
        ],
        "large": ["imbalanced[n=100000,passes=100]", "balanced[n=100000,dim=50,passes=100]"],
        "growth": [f"imbalanced[n={n},passes=10000]" for n in (1000, 2000, 5000, 10000)],
        "tuning": [
            "worst_case[n=300,passes=30]",
            "imbalanced[n=400,half_margin=0.2,passes=30]",
            "balanced[n=600,dim=15,margin=0.02,passes=20]",
            "digits[one=6,other=9,passes=5]",
        ],
        "edge": [
            "worst_case[n=2]",
            "imbalanced[n=2]",
            "balanced[n=1,dim=1,margin=0.5]",
            "balanced[n=3,dim=1]",
            "pair",
            "triple",
        ],
    }
    starter = """\
# oracle.start: float64[d]; oracle.n samples; oracle.calls: samples that may be looked at in all
# oracle.gradient(theta, loss) gives a sum of samples z by their weights, and the margins z . theta
# answer: float64[d] with z . theta > 0 for every sample z
theta = oracle.start
while True:
    yield theta
    direction, margins = oracle.gradient(theta, "perceptron")
    if margins.min() > 0:
        return
    theta = theta + direction / oracle.n
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        if case.passes < 1:
            raise InvalidCase(
                f"passes is {case.passes}, expected at least 1: choose a larger passes"
            )
        z, labels = getattr(_families, case.family)(case, rng)
        n, dim = z.shape
        data = {"samples": np.ascontiguousarray(z), "passes": int(case.passes)}
        return Instance(data, {"labels": labels}, {"n": n, "d": dim}, optimum=0.0)

    def open(self, data: object, meter: Meter) -> Oracle:
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        z = instance.data["samples"]
        theta = _checks.vector(answer, z.shape[1], "theta")
        with np.errstate(over="ignore", invalid="ignore"):
            _, margins = Oracle(instance.data, Meter()).gradient(theta, "perceptron")
            length = float(np.linalg.norm(theta)) * float(np.linalg.norm(z, axis=1).max())
        wrong, labels = ~(margins > 0), instance.truth["labels"]
        shares = [float(wrong[labels == sign].mean()) for sign in np.unique(labels)]
        least = float(margins.min()) / length if 0 < length < np.inf else 0.0
        return sum(shares) / len(shares), {
            "separated": float(not wrong.any()),
            "wrong": float(np.count_nonzero(wrong)),
            "loss": float(np.logaddexp(0.0, -margins).mean()),
            "relative_margin": least,
        }

    def exact(self, instance: Instance) -> float | None:
        z = instance.data["samples"]
        return 0.0 if z.size <= 1000 and _families.separable(z) else None

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        z = instance.data["samples"]

        labels = instance.truth["labels"]

        def changed(samples: np.ndarray, labels: np.ndarray = labels) -> Instance:
            data = {"samples": np.ascontiguousarray(samples), "passes": instance.data["passes"]}
            return Instance(data, {"labels": labels}, instance.sizes, instance.optimum)

        order = rng.permutation(len(z))
        yield Symmetry("samples permuted", changed(z[order], labels[order]))
        order = rng.permutation(z.shape[1])
        back = np.argsort(order)
        yield Symmetry(
            "coordinates permuted", changed(z[:, order]), back=lambda answer: answer[back]
        )
        yield Symmetry("all mirrored", changed(-z), back=lambda answer: -answer, strict=True)
        yield Symmetry("samples doubled", changed(2 * z))
