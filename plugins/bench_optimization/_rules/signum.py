"""Signum (Bernstein and others): the sign of a fading mean of gradients.

m = beta m + (1 - beta) g; x = x - rate (sign(m) + weight_decay x). It is Lion with one beta in both
places. O(d) a step, one buffer.
"""

from dataclasses import dataclass

from bench_optimization._rules.base import FusedRule, not_negative, shares


@dataclass
class Signum(FusedRule):
    """The sign of the mean gradient."""

    update = "lion"
    buffers = 1

    beta: float = 0.9
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        shares({"beta": self.beta})
        not_negative({"weight_decay": self.weight_decay})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        weights = (self.beta, 1 - self.beta) * 2
        return (*weights, rate, 1 - rate * self.weight_decay)
