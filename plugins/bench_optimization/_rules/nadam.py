"""NAdam (Dozat): Adam with Nesterov's momentum in the place of the heavy ball.

The momentum's weight grows, mu_t = beta1 (1 - 0.96^(psi t) / 2), and with P_t = mu_1 ... mu_t
x = x - rate ((1 - mu_t) g / (1 - P_t) + mu_{t+1} m / (1 - P_{t+1})) / (sqrt(v / c) + eps), where
c = 1 - beta2^t; m and v are Adam's. O(d) a step, two buffers. `weight_decay` is decoupled.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench_optimization._rules.adam import Adam
from bench_optimization._rules.base import not_negative


@dataclass
class NAdam(Adam):
    """Adam that looks ahead."""

    psi: float = 0.004  # of the steps; how fast the momentum's weight grows
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        not_negative({"psi": self.psi, "weight_decay": self.weight_decay})

    def start(self, parameters: Sequence[np.ndarray]) -> None:
        super().start(parameters)
        self._product = 1.0

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        now, then = self._weight(step), self._weight(step + 1)
        self._product *= now
        rate_g = rate * (1 - now) / (1 - self._product)
        rate_m = rate * then / (1 - self._product * then)
        shrink = 1 - rate * self.weight_decay
        return (*self.averaging(), rate_m, rate_g, self.root(step), self.eps, shrink)

    def _weight(self, step: int) -> float:
        return self.beta1 * (1 - 0.5 * 0.96 ** (step * self.psi))
