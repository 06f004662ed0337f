"""Schedule-free AdamW (Defazio and others, "The Road Less Scheduled"): an average of Adam's steps.

As schedule-free SGD, with steps g / (sqrt(v / (1 - beta2^t)) + eps) and Adam's v; the averaging
stands in the place of the momentum. O(d) a step, two buffers, as many as Adam's.
"""

from dataclasses import dataclass

from bench_optimization._rules.base import not_negative, shares
from bench_optimization._rules.schedule_free_sgd import ScheduleFreeSGD


@dataclass
class ScheduleFreeAdamW(ScheduleFreeSGD):
    """Scaled steps, shown through their mean."""

    update = "free_adamw"
    buffers = 2

    beta2: float = 0.999
    eps: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        shares({"beta2": self.beta2})
        not_negative({"eps": self.eps})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        root = (1 - self.beta2**step) ** -0.5
        scaling = (self.beta2, 1 - self.beta2, root, self.eps)
        return (*scaling, *super().scalars(step, rate))
