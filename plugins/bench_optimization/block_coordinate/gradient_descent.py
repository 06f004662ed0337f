"""Gradient descent: all coordinates at once, with steps of 1 / L.

x <- prox(x - g / L), with the soft threshold, the cut at 0 or the projection onto the simplex where
the case asks for it; L bounds the largest eigenvalue of the Hessian (power method). A step costs
two passes over A.
"""

from dataclasses import dataclass

from bench_optimization.block_coordinate._descent import checked
from bench_optimization.block_coordinate._model import Model
from harness.api import Solver


@dataclass(frozen=True)
class GradientDescent(Solver):
    """Proximal gradient steps."""

    problem = "block_coordinate"

    updates: int = 20_000  # steps at most
    tolerance: float = 1e-10  # of the conditions of optimality, relative to the start

    def __post_init__(self):
        checked(self.tolerance, updates=self.updates)

    def solve(self, data, rng):
        model = Model(data)
        x = model.start.copy()
        yield x
        curvature = model.total_curvature() + model.l2
        goal = None
        for _ in range(self.updates):
            gradient = model.gradient(x, model.predict(x))
            unrest = model.unrest(x, gradient)
            goal = self.tolerance * unrest if goal is None else goal
            if unrest <= goal or not curvature > 0:
                return
            x = model.proximal(x - gradient / curvature, curvature)
            yield x
