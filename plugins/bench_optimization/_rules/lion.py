"""Lion (Chen and others, found by a search over programs): the sign of a momentum.

x = x - rate (sign(beta1 m + (1 - beta1) g) + weight_decay x); then m = beta2 m + (1 - beta2) g. The
direction weighs the newest gradient more than the buffer does. Every coordinate moves by the rate
(not at all where the sum is exactly 0), so rates are 3 to 10 times smaller, and the decay as much
larger, than AdamW's; gradients times a constant give the same steps. No bias correction, no eps.
O(d) a step, one buffer: half of Adam's.

A NaN makes the parameter NaN, as the sign of numpy does.
"""

from dataclasses import dataclass

from bench_optimization._rules.base import FusedRule, not_negative, shares


@dataclass
class Lion(FusedRule):
    """The sign of a momentum."""

    update = "lion"
    buffers = 1

    beta1: float = 0.9
    beta2: float = 0.99
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        shares({"beta1": self.beta1, "beta2": self.beta2})
        not_negative({"weight_decay": self.weight_decay})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        weights = (self.beta1, 1 - self.beta1, self.beta2, 1 - self.beta2)
        return (*weights, rate, 1 - rate * self.weight_decay)
