"""Randomised coordinate descent: coordinates drawn one by one, with replacement.

Drawn uniformly or in proportion to L_i (Nesterov 2012), each takes the step of its model. A step
reads one column; n of them cost two passes over A. On the simplex, pairs are drawn.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_optimization.block_coordinate._descent import checked, one_of
from bench_optimization.block_coordinate._model import Model
from bench_optimization.block_coordinate._sweeps import Sweeps, rounds
from harness.api import Solver


@dataclass(frozen=True)
class RandomDescent(Solver):
    """Single coordinates at random."""

    problem = "block_coordinate"
    space: ClassVar = {"chances": ("choice", "uniform", "lipschitz")}

    chances: str = "uniform"  # or lipschitz: in proportion to the curvatures
    rounds: int = 20_000  # of n draws at most
    tolerance: float = 1e-10  # of the conditions of optimality, relative to the start

    def __post_init__(self):
        one_of("chances", self.chances, ("uniform", "lipschitz"))
        checked(self.tolerance, rounds=self.rounds)

    def solve(self, data, rng):
        model = Model(data)
        orders = (self._draw(model, rng) for _ in range(self.rounds))
        yield from rounds(Sweeps(model), orders, self.tolerance)

    def _draw(self, model: Model, rng: np.random.Generator) -> np.ndarray:
        if model.simplex:
            return rng.integers(model.n, size=2 * model.n)
        if self.chances == "uniform" or not model.curvature.any():
            return rng.integers(model.n, size=model.n)
        ends = np.cumsum(model.curvature)
        order = np.searchsorted(ends, rng.random(model.n) * ends[-1], side="right")
        return np.minimum(order, model.n - 1)
