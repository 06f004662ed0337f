"""Conjugate gradients: each direction conjugate to those before.

d_k = -g_k + beta d_{k-1} with beta = max(0, g_k.(g_k - g_{k-1}) / |g_{k-1}|^2) (Polak and Ribiere),
and the exact step along it: in closed form for least squares, where this is the linear method, and
by Newton's method in one variable for the other losses, which costs no pass over A as A d is known.
A step costs two passes over A. It knows neither penalties nor constraints: where the case has any,
it yields the start and ends.
"""

from dataclasses import dataclass

import numpy as np

from bench_optimization.block_coordinate._descent import checked
from bench_optimization.block_coordinate._model import Model, sigmoid, softmax
from harness.api import Solver


@dataclass(frozen=True)
class ConjugateGradient(Solver):
    """Conjugate directions with exact steps, for smooth F."""

    problem = "block_coordinate"

    updates: int = 20_000  # steps at most
    tolerance: float = 1e-10  # of the gradient, relative to the start

    def __post_init__(self):
        checked(self.tolerance, updates=self.updates)

    def solve(self, data, rng):
        model = Model(data)
        x = model.start.copy()
        yield x
        if not model.smooth:
            return
        z = model.predict(x)
        gradient = model.gradient(x, z)
        goal = self.tolerance * model.unrest(x, gradient)
        direction = -gradient
        for _ in range(self.updates):
            if model.unrest(x, gradient) <= goal:
                return
            along = model.predict(direction)
            step = _exact_step(model, x, z, direction, along)
            if not step > 0:
                return
            x = x + step * direction
            z = z + step * along
            yield x
            before, gradient = gradient, model.gradient(x, z)
            beta = float(gradient @ (gradient - before)) / float(before @ before)
            direction = max(beta, 0.0) * direction - gradient
            if float(direction @ gradient) >= 0:
                direction = -gradient


def _exact_step(
    model: Model, x: np.ndarray, z: np.ndarray, d: np.ndarray, along: np.ndarray
) -> float:
    """The minimiser of F(x + s d), where A x = z and A d = along."""
    step, square, at = 0.0, model.l2 * float(d @ d), model.l2 * float(x @ d)
    for _ in range(20):
        there = z + step * along
        slope = float((model.slopes(there) * along).sum()) + at + step * square
        bend = _bend(model, there, along) + square
        if not bend > 0:
            break
        change = slope / bend
        step -= change
        if model.quadratic or abs(change) <= 1e-9 * abs(step):
            break
    return step


def _bend(model: Model, z: np.ndarray, along: np.ndarray) -> float:
    """The second derivative of the loss along a line."""
    if model.quadratic:
        return float(along @ along)
    if model.loss == "logistic":
        shares = sigmoid(z)
        return float((shares * (1 - shares)) @ along**2)
    shares = softmax(z)
    mean = (shares * along).sum(axis=1)
    return float((shares * along**2).sum() - mean @ mean)
