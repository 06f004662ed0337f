"""What solvers see: the model, which is cheap, and the loss of its outputs, which is dear."""

import numpy as np

from bench_optimization._components import check_indices
from bench_optimization.expensive_gradient._objective import Objective


class Oracle:
    """A loss of a model's outputs, both counted in calls, at prices that the case states.

    The features of a component are the learner's own, and are given at the price of the model; its
    label is not, as in problems whose loss is a simulator or a person. Arithmetic is not charged:
    what a solver computes of features that it has, such as an exact inner step, costs no calls.

    Indices are int64; None stands for all components. b is their number.

    Attributes:
        n, dim, outputs: components, entries of theta, outputs of the model for a component.
        start: float64[dim]. calls: that a run may use.
        c_expensive, c_model: calls for a component's loss or its gradient, and for passing a
            component through the model, forward or back.
        l2: the weight of |theta|^2 / 2 in the objective.
        target_smoothness: of a component's loss in the outputs. smoothness: of the objective in
            theta. component_smoothness: the largest of a component's, in theta.
    """

    def __init__(self, data, meter):
        self._objective, self._meter, self._start = Objective(data), meter, data["start"]
        self.n, self.dim, self.outputs = (
            data["features"].shape[0],
            len(self._start),
            data["outputs"],
        )
        self.calls, self.l2 = data["calls"], data["l2"]
        self.c_expensive, self.c_model = data["c_expensive"], data["c_model"]
        self.target_smoothness = self._objective.loss.smoothness
        self.smoothness = data["smoothness"]
        self.component_smoothness = data["component_smoothness"]

    @property
    def start(self):
        return self._start.copy()

    def targets(self, theta, indices=None):
        """The model's outputs, float64[b, outputs]; c_model calls each."""
        rows, _ = self._read(indices, self.c_model, theta)
        return self._objective.targets(theta, rows)

    def model_vjp(self, theta, v, indices=None):
        """The sum over components of v_i dz_i/dtheta, float64[dim]; c_model calls each."""
        rows, _ = self._read(indices, self.c_model, theta, v)
        return self._objective.pulled(rows, v)

    def features(self, indices=None):
        """The features, float64[b, dim / outputs]; c_model calls each."""
        rows, _ = self._read(indices, self.c_model)
        return rows.copy() if indices is None else rows

    def evaluate(self, z, indices=None):
        """The losses float64[b] and their gradients in the outputs; c_expensive calls each."""
        _, labels = self._read(indices, self.c_expensive, z=z)
        loss = self._objective.loss
        return loss.values(z, labels), loss.gradients(z, labels)

    def target_gradient(self, z, indices=None):
        """The losses' gradients in the outputs, float64[b, outputs]; c_expensive calls each."""
        _, labels = self._read(indices, self.c_expensive, z=z)
        return self._objective.loss.gradients(z, labels)

    def value(self, theta):
        """The objective; c_expensive + c_model calls for each component."""
        self._read(None, self.c_expensive + self.c_model, theta)
        return self._objective.value(theta)

    def value_and_gradient(self, theta):
        """The objective and its gradient; c_expensive + 2 c_model calls for each component."""
        rows, labels = self._read(None, self.c_expensive + 2 * self.c_model, theta)
        loss, z = self._objective.loss, self._objective.targets(theta, rows)
        value = float(loss.values(z, labels).mean() + self.l2 / 2 * (theta @ theta))
        slopes = loss.gradients(z, labels)
        return value, self._objective.pulled(rows, slopes) / self.n + self.l2 * theta

    def gradient(self, theta):
        """The objective's gradient; c_expensive + 2 c_model calls for each component."""
        return self.stochastic_gradient(theta, None)

    def stochastic_gradient(self, theta, indices):
        """The mean gradient of some components, l2 included; at the same price for each."""
        rows, labels = self._read(indices, self.c_expensive + 2 * self.c_model, theta)
        objective = self._objective
        slopes = objective.loss.gradients(objective.targets(theta, rows), labels)
        return objective.pulled(rows, slopes) / len(rows) + self.l2 * theta

    def _read(self, indices, price, theta=None, z=None):
        """Check all arguments, count, and give the rows and labels of the components."""
        if theta is not None and (type(theta) is not np.ndarray or theta.shape != (self.dim,)):
            raise ValueError(f"theta is {_told(theta)}; expected an array of shape ({self.dim},)")
        b = self.n
        if indices is not None:
            check_indices(indices, self.n)
            b = len(indices)
        if z is not None and (type(z) is not np.ndarray or z.shape != (b, self.outputs)):
            raise ValueError(
                f"the outputs are {_told(z)}; expected an array of shape ({b}, {self.outputs})"
            )
        self._meter.count(b * price)
        objective = self._objective
        if indices is None:
            return objective.features, objective.labels
        return objective.features[indices], objective.labels[indices]


def _told(given):
    return f"of shape {given.shape}" if isinstance(given, np.ndarray) else type(given).__name__
