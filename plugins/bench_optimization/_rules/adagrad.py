"""AdaGrad (Duchi, Hazan and Singer): each coordinate has its own, falling rate.

v = v + g^2; x = x - rate g / (sqrt(v) + eps). With a constant rate the steps fall as 1 / sqrt(t) by
themselves. O(d) a step, one buffer. `weight_decay` is decoupled.
"""

from dataclasses import dataclass

from bench_optimization._rules.base import FusedRule, not_negative


@dataclass
class AdaGrad(FusedRule):
    """Rates by the sum of squared gradients."""

    update = "scaled"
    buffers = 1

    eps: float = 1e-10  # keeps a coordinate without gradients in place; the packages' default
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        not_negative({"eps": self.eps, "weight_decay": self.weight_decay})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        return 1.0, 1.0, rate, self.eps, 1 - rate * self.weight_decay
