"""Schedule-free SGD (Defazio and others, "The Road Less Scheduled"): an average instead of a
schedule.

Plain steps move z, z = z - rate g(y); x is the mean of all z, weighted by the square of the largest
rate so far; gradients are taken between them, at y = (1 - beta) z + beta x. The parameters are y,
and the answer is x. It needs no horizon: take the schedule "constant", with a warm-up if any.
O(d) a step, one buffer: x is recovered from y and z. `weight_decay` is added to the gradient at y.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench_optimization._rules.base import FusedRule, not_negative


@dataclass
class ScheduleFreeSGD(FusedRule):
    """Plain steps, shown through their mean."""

    update = "free_sgd"
    buffers = 1

    beta: float = 0.9
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        not_negative({"weight_decay": self.weight_decay})
        if not 0 < self.beta <= 1:
            raise ValueError(f"beta = {self.beta}; expected a number above 0 and at most 1")

    def start(self, parameters: Sequence[np.ndarray]) -> None:
        super().start(parameters)
        self._largest = self._weights = 0.0
        for array, buffers in zip(parameters, self._buffers, strict=True):
            buffers[0][...] = array

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        self._largest = max(self._largest, rate)
        own = self._largest**2
        self._weights += own
        weight = own / self._weights if self._weights else 0.0
        return weight, rate * (1 - self.beta * (1 - weight)), rate, self.weight_decay

    def answer(self, parameters: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The mean x = y + (1 - 1 / beta) (z - y), in arrays of its own."""
        back = 1 - 1 / self.beta
        pairs = zip(parameters, self._buffers, strict=True)
        return [np.asarray(y + y.dtype.type(back) * (buffers[0] - y)) for y, buffers in pairs]
