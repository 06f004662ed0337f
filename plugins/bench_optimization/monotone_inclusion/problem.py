"""Monotone inclusion: find z with 0 in F(z) + G(z), where F is a mean of n monotone components.

G stands for a constraint with a cheap projection J, or for none. Saddle points, games and convex
minimisation have this form. The cost is the residual |z - J(z - F(z))| in decades below that of
the start: it is 0 at the solutions only and can be computed, while |F(z)| does not vanish at a
constrained solution.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_optimization._checks import LEAST_GAP, decades, limit, vector
from bench_optimization.monotone_inclusion import _families, _operators
from bench_optimization.monotone_inclusion._oracle import Oracle
from harness.api import Case, Instance, InvalidCase, Meter, Problem, Symmetry


class MonotoneInclusion(Problem):
    """Find a zero of a finite-sum monotone operator, over a constraint.

    A solver gets an `Oracle`: `operator(z)` (n calls), `components(z, indices)` (a call each),
    `difference(u, v, indices)` (two each), `resolvent(z)` (free), `start`, `n`, `dim`, `calls`,
    and the constants `lipschitz`, `average_lipschitz`, `average_cocoercivity` and
    `strong_monotonicity`. An answer is float64[dim]; for games the x of all rows, then the y.

    A run may use `passes` * n calls.
    """

    title = "Monotone inclusion"
    kind = "oracle"
    timed = False
    cost_name = "log10 of the residual relative to that of the start"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "policeman_burglar": {"n": 100, "passes": 500},
        "matrix_game": {"n": 200, "passes": 250},
        "regression": {
            "n": 10000,
            "dim": 20,
            "decay": 1.0,
            "unit": True,
            "noise": 0.1,
            "passes": 20,
        },
        "diabetes": {"passes": 200},
        "breast_cancer": {"passes": 100},
        "saddle": {"n": 500, "dim": 50, "mu": 0.01, "passes": 200},
        "rotation": {"n": 100, "passes": 100},
    }
    suites: ClassVar = {
        "smoke": [
            "regression[n=200,dim=5,decay=0.5]",
            "saddle[n=100,dim=5,passes=50]",
            "policeman_burglar[n=20,passes=200]",
        ],
        "standard": [
            "policeman_burglar",
            "policeman_burglar[n=500,passes=250]",
            "matrix_game",
            "regression",
            "regression[n=2500,dim=100,decay=0.5,unit=False,passes=100]",
            "diabetes",
            "breast_cancer",
            "saddle",
            "saddle[mu=0.0]",
            "rotation",
        ],
        "large": [
            "regression[n=40000,dim=5,decay=0.5,passes=60]",
            "regression[n=200000,dim=20,passes=10]",
            "policeman_burglar[n=1000,passes=250]",
            "policeman_burglar[n=2000,passes=100]",
        ],
        "tuning": [
            "policeman_burglar[n=150,passes=300,draw=1]",
            "matrix_game[n=150]",
            "regression[n=5000,dim=10]",
            "regression[n=1500,dim=50,decay=0.5,unit=False,passes=100]",
            "saddle[n=300,dim=30]",
            "saddle[n=300,dim=30,mu=0.0]",
        ],
        "edge": [
            "regression[n=1,dim=1,unit=False,passes=100]",
            "regression[n=3,dim=1,passes=50]",
            "regression[n=4,dim=9,passes=50]",
            "saddle[n=1,dim=1,mu=1.0,passes=50]",
            "saddle[n=5,dim=2,mu=0.5,passes=100]",
            "matrix_game[n=2,passes=100,draw=2]",  # has a saddle in pure strategies
            "policeman_burglar[n=2,passes=100]",
        ],
    }
    starter = """\
# data: an oracle with start, n, calls, operator(z), components(z, indices), resolvent(z),
# lipschitz, average_lipschitz; it ends the run when its calls are spent
# answer: a point, float64[dim]
z = data.start
step = 0.7 / data.lipschitz
while True:
    yield z
    half = data.resolvent(z - step * data.operator(z))
    z = data.resolvent(z - step * data.operator(half))
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        passes = _families.at_least(case, "passes", 1)
        data = getattr(_families, case.family)(case, rng)
        operator = _operators.operator(data)
        first = _operators.residual(operator, data["start"])
        if not first > 0:
            raise InvalidCase("the start is a solution: choose a larger n, or another draw")
        return Instance(
            data={**data, "calls": passes * operator.n},
            truth={"residual": first},
            sizes={"n": operator.n, "dim": operator.dim},
            optimum=float(np.log10(LEAST_GAP)),
        )

    def open(self, data, meter: Meter) -> Oracle:
        limit(meter, data["calls"])
        return Oracle(data, meter)

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        operator = _operators.operator(instance.data)
        z = vector(answer, operator.dim)
        with np.errstate(over="ignore", invalid="ignore"):
            found = _operators.residual(operator, z)
        cost = decades(found, instance.truth["residual"])
        scores = {"residual": found}
        if isinstance(operator, _operators.Game):
            scores["duality_gap"] = operator.gap(z)
        return cost, scores

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data = instance.data
        if data["kind"] == "game" or (data["kind"] == "rows" and data["robust"]):
            return  # with a projection, or tanh, the residual does not follow the scale
        yield Symmetry(
            "the operator times 4",
            Instance(
                data=_families.times_four(data),
                truth={"residual": 4 * instance.truth["residual"]},
                sizes=instance.sizes,
                optimum=instance.optimum,
            ),
            strict=True,
        )
