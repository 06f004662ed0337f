"""Nesterov's momentum: heavy ball whose gradient is taken where the momentum leads.

m = momentum m + g; x = x - rate (g + momentum m). The parameters kept here are the point that
looks ahead, as in today's packages, so that gradients are taken at the parameters themselves.
O(d) a step, one buffer. `weight_decay` is decoupled.
"""

from dataclasses import dataclass

from bench_optimization._rules.momentum import Momentum


@dataclass
class Nesterov(Momentum):
    """Momentum that looks ahead."""

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        shrink = 1 - rate * self.weight_decay
        return self.momentum, 1.0, rate * self.momentum, rate, shrink
