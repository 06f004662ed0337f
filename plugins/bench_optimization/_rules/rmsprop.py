"""RMSProp (Tieleman and Hinton): rates by a fading mean of squared gradients.

v = beta2 v + (1 - beta2) g^2; x = x - rate g / (sqrt(v) + eps). O(d) a step, one buffer.
No bias correction: the first step is rate / sqrt(1 - beta2). `weight_decay` is decoupled.
"""

from dataclasses import dataclass

from bench_optimization._rules.base import FusedRule, not_negative, shares


@dataclass
class RMSProp(FusedRule):
    """Rates by a fading mean of squared gradients."""

    update = "scaled"
    buffers = 1

    beta2: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        shares({"beta2": self.beta2})
        not_negative({"eps": self.eps, "weight_decay": self.weight_decay})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        return self.beta2, 1 - self.beta2, rate, self.eps, 1 - rate * self.weight_decay
