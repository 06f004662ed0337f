"""Randomised coordinate descent: coordinates drawn one by one, with replacement.

Drawn uniformly or in proportion to L_i (Nesterov 2012), each takes the step of its model. A step
reads one column; n of them cost two passes over A. On the simplex, pairs are drawn.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.block_coordinate._descent import checked, one_of
from bench_optimization.block_coordinate._model import Model
from bench_optimization.block_coordinate._sweeps import Sweeps, slices
from harness.api import Solver


@dataclass(frozen=True)
class RandomDescent(Solver):
    """Single coordinates at random."""

    problem = "block_coordinate"
    space: ClassVar = {"chances": ("choice", "uniform", "lipschitz")}

    chances: str = "uniform"  # or lipschitz: in proportion to the curvatures
    rounds: int = 2000  # of n draws at most
    tolerance: float = 1e-10  # of the conditions of optimality, relative to the start

    def __post_init__(self):
        one_of("chances", self.chances, ("uniform", "lipschitz"))
        checked(self.tolerance, rounds=self.rounds)

    def solve(self, data, rng):
        model = Model(data)
        sweeps = Sweeps(model)
        yield sweeps.x
        uneven = self.chances == "lipschitz" and model.curvature.any() and not model.simplex
        ends = np.cumsum(model.curvature) / model.curvature.sum() if uneven else None
        goal = self.tolerance * sweeps.unrest()
        for _ in range(self.rounds):
            if ends is None:
                order = rng.integers(model.n, size=2 * model.n if model.simplex else model.n)
            else:
                order = np.searchsorted(ends, rng.random(model.n) * ends[-1], side="right")
                order = np.minimum(order, model.n - 1)
            most = 0.0
            for part in slices(order, model):
                most = max(most, sweeps.sweep(part))
                yield sweeps.x
            if most <= goal and sweeps.unrest() <= goal:
                return
