"""schedulefree.AdamWScheduleFree: averages instead of a schedule, by its authors.

Gradients are taken at a point between the last one and the average; the average is the answer.
It has a warm-up of its own; the common schedule is switched off.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training_torch._rule import ScheduleFreeRule, TorchTrained


@dataclass(frozen=True)
class PeerScheduleFreeAdamW(TorchTrained):
    """AdamW without a schedule."""

    problem = "neural_training_torch"
    role = "peer"
    requires = (
        "torch",
        "schedulefree",
    )
    space: ClassVar = {"learning_rate": ("log", 1e-4, 0.1), "weight_decay": ("log", 1e-3, 1.0)}

    learning_rate: float = 0.01
    schedule: str = "constant"
    warmup: float = 0.0
    own_warmup: float = 0.05  # of the steps
    weight_decay: float = 0.01

    def optimisers(self, tensors, names, steps):
        import schedulefree

        return [
            schedulefree.AdamWScheduleFree(
                tensors,
                lr=self.learning_rate,
                weight_decay=self.weight_decay,
                warmup_steps=round(self.own_warmup * steps),
            )
        ]

    def rule(self, steps, names):
        return ScheduleFreeRule(lambda tensors: self.optimisers(tensors, names, steps))
