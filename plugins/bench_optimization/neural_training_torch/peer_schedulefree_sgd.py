"""schedulefree.SGDScheduleFree: averages instead of a schedule, by its authors.

As its AdamW, without the scaling.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import ScheduleFreeRule, TorchTrained


@dataclass(frozen=True)
class PeerScheduleFreeSGD(TorchTrained):
    """SGD without a schedule."""

    problem = "neural_training_torch"
    role = "peer"
    requires = (
        "torch",
        "schedulefree",
    )
    space: ClassVar = {"learning_rate": ("log", 1e-2, 10.0)}

    learning_rate: float = 1.0
    schedule: str = "constant"
    warmup: float = 0.0
    own_warmup: float = 0.05  # of the steps
    momentum: float = 0.9
    weight_decay: float = 0.0

    def optimisers(self, tensors, names, steps):
        import schedulefree

        return [
            schedulefree.SGDScheduleFree(
                tensors,
                lr=self.learning_rate,
                momentum=self.momentum,
                weight_decay=self.weight_decay,
                warmup_steps=round(self.own_warmup * steps),
            )
        ]

    def rule(self, steps, names):
        return ScheduleFreeRule(lambda tensors: self.optimisers(tensors, names, steps))
