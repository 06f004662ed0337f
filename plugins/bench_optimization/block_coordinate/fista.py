"""FISTA: gradient steps from a point ahead, with restarts.

x_{k+1} = prox(y_k - g(y_k) / L), y_{k+1} = x_{k+1} + (t_k - 1) / t_{k+1} (x_{k+1} - x_k) with
t_{k+1} = (1 + sqrt(1 + 4 t_k^2)) / 2 (Beck and Teboulle 2009). The momentum is dropped where it
points uphill, (y_k - x_{k+1}).(x_{k+1} - x_k) > 0 (O'Donoghue and Candes 2015), which makes it
linear where F is strongly convex. The better of the new and the last best point is yielded. A step
costs two passes over A, and a third for the value.
"""

import math
from dataclasses import dataclass

from bench_optimization.block_coordinate._descent import checked
from bench_optimization.block_coordinate._model import Model
from harness.api import Solver


@dataclass(frozen=True)
class Fista(Solver):
    """Accelerated proximal gradient steps."""

    problem = "block_coordinate"

    updates: int = 20_000  # steps at most
    tolerance: float = 1e-10  # of the conditions of optimality, relative to the start

    def __post_init__(self):
        checked(self.tolerance, updates=self.updates)

    def solve(self, data, rng):
        model = Model(data)
        x = y = model.start.copy()
        yield x
        z = ahead = model.predict(x)
        curvature = model.total_curvature() + model.l2
        least, t, goal = model.value(x, z), 1.0, None
        for _ in range(self.updates):
            gradient = model.gradient(y, ahead)
            unrest = model.unrest(y, gradient) if not model.simplex else None
            if unrest is None:
                unrest = model.unrest(x, model.gradient(x, z))
            goal = self.tolerance * unrest if goal is None else goal
            if unrest <= goal or not curvature > 0:
                return
            to = model.proximal(y - gradient / curvature, curvature)
            z_to = model.predict(to)
            t_to = (1 + math.sqrt(1 + 4 * t * t)) / 2
            if float((y - to) @ (to - x)) > 0:
                t_to = t = 1.0
            share = (t - 1) / t_to
            y, ahead = to + share * (to - x), z_to + share * (z_to - z)
            x, z, t = to, z_to, t_to
            value = model.value(x, z)
            if value <= least:
                least = value
                yield x
