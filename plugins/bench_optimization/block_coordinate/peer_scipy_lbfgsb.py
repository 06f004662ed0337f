"""SciPy's L-BFGS-B: quasi-Newton with bounds (Byrd, Lu, Nocedal and Zhu 1995).

Bounds hold x >= 0. A penalty l1 is split, x = u - v with u, v >= 0. For the simplex it has nothing:
there it yields the start and ends.
"""

from dataclasses import dataclass

import numpy as np

from bench_optimization.block_coordinate._model import Model
from harness.api import Solver


@dataclass(frozen=True)
class PeerLBFGSB(Solver):
    """scipy.optimize.minimize(method="L-BFGS-B")."""

    problem = "block_coordinate"
    role = "peer"
    requires = ("scipy",)

    memory: int = 10  # pairs kept; SciPy's default

    def solve(self, data, rng):
        from scipy.optimize import minimize

        model = Model(data)
        yield model.start
        if model.simplex:
            return
        split = bool(model.l1) and not model.nonnegative
        n = model.n

        def joined(u):
            return u[:n] - u[n:] if split else u

        def value(u):
            x = joined(u)
            z = model.predict(x)
            gradient = model.gradient(x, z)
            smooth = model.loss_at(z) + 0.5 * model.l2 * float(x @ x)
            if split:
                gradient = np.concatenate([gradient, -gradient])
            return smooth + model.l1 * float(u.sum()), gradient + model.l1

        bounded = model.l1 or model.nonnegative
        start = np.zeros(2 * n) if split else model.start
        steepest = float(np.abs(model.gradient(model.start, model.predict(model.start))).max())
        options = {"maxcor": self.memory, "ftol": 1e-15, "gtol": 1e-10 * steepest}
        options |= {"maxiter": 10_000, "maxfun": 20_000}
        found = minimize(
            value,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None)] * len(start) if bounded else None,
            options=options,
        )
        if np.isfinite(found.fun):
            yield joined(found.x)
