"""What solvers of the board see: gradients over samples, counted."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bench_optimization._checks import limit
from bench_optimization._components import check_indices
from bench_optimization.neural_training._workloads import network
from harness.api import Meter

Parameters = list[np.ndarray]


class Oracle:
    """The training loss, its gradients, and what is known beforehand. A call is one sample.

    Parameters and gradients are lists of float32 arrays, of the shapes of `start` and in its
    order. A gradient is made anew by each call, and parameters are only read.

    Attributes:
        start: a copy of the first parameters.
        names: of the parameters, such as "layer0.weight". A weight has outputs first; those that
            begin with "embedding", "position" or "head" are not hidden.
        n: how many samples there are to train on.
        calls: how many samples a run may use in all.
    """

    def __init__(self, data: Any, meter: Meter) -> None:
        self._net = network(data.net)
        self._gradient: Callable[..., Parameters] = self._net.gradient
        self._inputs, self._wanted = np.asarray(data.inputs), np.asarray(data.wanted)
        self._first = [np.asarray(array) for array in data.start]
        self._shapes = [array.shape for array in self._first]
        self._meter = meter
        self.names = list(self._net.shapes)
        self.n = len(self._wanted)
        self.calls = int(data.calls)
        limit(meter, self.calls)

    @property
    def start(self) -> Parameters:
        return [array.copy() for array in self._first]

    def gradient(self, parameters: Parameters) -> Parameters:
        """The gradient of the training loss; n calls."""
        self._check(parameters)
        self._meter.count(self.n)
        with np.errstate(over="ignore", invalid="ignore"):
            return self._gradient(parameters, self._inputs, self._wanted)

    def stochastic_gradient(self, parameters: Parameters, indices: np.ndarray) -> Parameters:
        """The gradient of the mean loss over samples; as many calls.

        Args:
            parameters: where.
            indices: int64[samples], each 0..n-1.
        """
        self._check(parameters)
        inputs, wanted = self._batch(indices)
        with np.errstate(over="ignore", invalid="ignore"):
            return self._gradient(parameters, inputs, wanted)

    def value(self, parameters: Parameters) -> float:
        """The training loss; n calls."""
        self._check(parameters)
        self._meter.count(self.n)
        return self._loss(parameters, self._inputs, self._wanted)

    def stochastic_value(self, parameters: Parameters, indices: np.ndarray) -> float:
        """The mean loss over samples; as many calls."""
        self._check(parameters)
        return self._loss(parameters, *self._batch(indices))

    def _loss(self, parameters: Parameters, inputs: np.ndarray, wanted: np.ndarray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):
            losses, _ = self._net.losses(parameters, inputs, wanted)
        return float(losses.mean(dtype=np.float64))

    def _batch(self, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        check_indices(indices, self.n)
        self._meter.count(len(indices))
        return self._inputs.take(indices, axis=0), self._wanted.take(indices, axis=0)

    def _check(self, parameters: Sequence[np.ndarray]) -> None:
        if len(parameters) != len(self._shapes):
            raise ValueError(
                f"{len(parameters)} arrays of parameters, expected {len(self._shapes)}"
            )
        for array, shape, name in zip(parameters, self._shapes, self.names, strict=True):
            if array.shape != shape or array.dtype != np.float32:
                raise ValueError(f"{name} is {_told(array)}, expected float32{list(shape)}")


def _told(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{list(value.shape)}"
    return f"a {type(value).__name__}"
