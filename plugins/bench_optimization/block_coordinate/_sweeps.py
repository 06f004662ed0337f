"""Descent by single coordinates in a given order, each with the step of its own model.

Squares and logistic losses keep A x (or the residual) and run in the kernel: a coordinate costs two
passes over its column. On the simplex coordinates go by pairs, each pair at the best of what it can
pass to one another. A softmax loss keeps A x too, each coordinate with its class's share.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from bench_optimization.block_coordinate._model import Array, Model
from harness.api import kernel


class Sweeps:
    """The point of a run by single coordinates, and A x (of squares the residual)."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.x = model.start.copy()
        self._state = model.predict(self.x)
        if model.quadratic:
            self._state -= model.target
        self._kernel = kernel("block_coordinate")

    def sweep(self, order: Array) -> float:
        """One step for each coordinate of the order; returns the largest |step| * curvature."""
        model = self.model
        if model.simplex:
            return self._kernel.bc_sweep_pairs(
                model.columns, model.m, order, len(order), self.x, self._state
            )
        if model.k > 1:
            return self._by_classes(order)
        penalties = (model.curvature, model.l1, model.l2, int(model.nonnegative))
        rest = (order, len(order), self.x, self._state)
        logistic = int(model.loss == "logistic")
        target = model.target.astype(np.float64, copy=False)
        if model.columns is not None:
            return self._kernel.bc_sweep_dense(
                model.columns, model.m, logistic, target, *penalties, *rest
            )
        return self._kernel.bc_sweep_sparse(
            model.entries, model.indices, model.starts, logistic, target, *penalties, *rest
        )

    def unrest(self) -> float:
        """How far the point is from optimal; costs a whole gradient."""
        model = self.model
        z = self._state + model.target if model.quadratic else self._state
        return model.unrest(self.x, model.gradient(self.x, z))

    def _by_classes(self, order: Array) -> float:
        model, x, most = self.model, self.x, 0.0
        weights = np.exp(self._state - self._state.max(axis=1, keepdims=True))
        total = weights.sum(axis=1)
        right = model.target[:, None] == np.arange(model.k)
        for i in order:
            f, c = divmod(int(i), model.k)
            curvature = model.curvature[i]
            if not curvature > 0:
                continue
            column = model.columns_of(np.array([f]))[0]
            gradient = column @ (weights[:, c] / total - right[:, c]) + model.l2 * x[i]
            to = x[i] - gradient / curvature
            if model.l1:
                to = np.sign(to) * max(abs(to) - model.l1 / curvature, 0.0)
            d = to - x[i]
            x[i] = to
            self._state[:, c] += d * column
            changed = weights[:, c] * np.exp(d * column)
            total += changed - weights[:, c]
            weights[:, c] = changed
            most = max(most, abs(d) * curvature)
        return float(most)


def rounds(sweeps: Sweeps, orders: Iterable[Array], tolerance: float) -> Iterator[Array]:
    """Yield the start, and the point after each slice of each order, until it is optimal.

    `tolerance` is of the conditions of optimality, relative to how far the start is from them.
    """
    yield sweeps.x
    goal = tolerance * sweeps.unrest()
    for order in orders:
        most = 0.0
        for part in slices(order, sweeps.model):
            most = max(most, sweeps.sweep(part))
            yield sweeps.x
        if most <= goal and sweeps.unrest() <= goal:
            return


def slices(order: Array, model: Model) -> list[Array]:
    """The order in pieces of about a millisecond, of even length."""
    per_column = max(1, len(model.columns[0]) if model.columns is not None else model.m // 20)
    size = max(2, 2 * int(200_000 / per_column / (10 if model.loss == "logistic" else 1)))
    size = min(size, 20) if model.k > 1 else size
    return [order[at : at + size] for at in range(0, len(order), size)]
