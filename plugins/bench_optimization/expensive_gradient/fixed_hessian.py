"""The fixed Hessian bound: Newton's method with one matrix for all steps (Boehning, Lindsay 1988).

    theta+ = theta - H^+ grad f(theta),    H = L X'X / n + l2

H bounds the Hessian of a linear model everywhere, where L bounds that of a component's loss in its
outputs, so that each step lowers f. The eigenvectors are found once, O(n d^2 + d^3); a step costs
n (c_expensive + 2 c_model) calls and O(d^2).
"""

from dataclasses import dataclass

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class FixedHessian(Solver):
    """Majorisation by a quadratic of constant curvature."""

    problem = "expensive_gradient"
    role = "baseline"

    def solve(self, oracle, rng):
        theta = oracle.start
        yield theta
        rows = oracle.features()
        gram = oracle.target_smoothness * (rows.T @ rows) / oracle.n
        bends, directions = np.linalg.eigh(gram)
        bends += oracle.l2
        known = bends > 1e-12 * bends[-1]
        directions, bends = directions[:, known], bends[known]
        while True:
            gradient = oracle.gradient(theta).reshape(rows.shape[1], -1)
            step = directions @ ((directions.T @ gradient) / bends[:, None])
            theta = theta - step.ravel()
            yield theta
