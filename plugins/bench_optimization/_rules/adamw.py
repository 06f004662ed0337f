"""AdamW (Loshchilov and Hutter): Adam whose weight decay is not scaled by the gradients.

x is first multiplied by 1 - rate * weight_decay, then moved as by Adam. A decay that is part of the
gradient would be divided by the root of the squared gradients along with them.
O(d) a step, two buffers.
"""

from dataclasses import dataclass

from bench_optimization._rules.adam import Adam
from bench_optimization._rules.base import not_negative


@dataclass
class AdamW(Adam):
    """Adam with decoupled weight decay."""

    weight_decay: float = 0.01  # the packages' default

    def __post_init__(self) -> None:
        super().__post_init__()
        not_negative({"weight_decay": self.weight_decay})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        return (*super().scalars(step, rate)[:-1], 1 - rate * self.weight_decay)
