"""Stochastic gradient descent: x = x - rate g. O(d) a step, no buffers.

`weight_decay` is decoupled: x is first multiplied by 1 - rate * decay, which for this rule is the
same as a quadratic penalty.
"""

from dataclasses import dataclass

from bench_optimization._rules.base import FusedRule, not_negative


@dataclass
class SGD(FusedRule):
    """The plain step."""

    update = "sgd"

    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        not_negative({"weight_decay": self.weight_decay})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        return rate, 1 - rate * self.weight_decay
