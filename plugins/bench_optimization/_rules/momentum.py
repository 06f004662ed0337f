"""Heavy ball: the step is a sum of old gradients with weights that fade.

m = momentum m + g; x = x - rate m. On a gradient that stays, steps grow to 1 / (1 - momentum)
times those of plain descent. O(d) a step, one buffer. `weight_decay` is decoupled.

Departs from Polyak's form x' = x - rate g + momentum (x - x_before) where the rate changes: as in
today's packages, old gradients then count with the new rate.
"""

from dataclasses import dataclass

from bench_optimization._rules.base import FusedRule, not_negative, shares


@dataclass
class Momentum(FusedRule):
    """Heavy ball."""

    update = "momentum"
    buffers = 1

    momentum: float = 0.9
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        shares({"momentum": self.momentum})
        not_negative({"weight_decay": self.weight_decay})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        return self.momentum, 1.0, rate, 0.0, 1 - rate * self.weight_decay
