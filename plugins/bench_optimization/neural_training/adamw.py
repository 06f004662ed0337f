"""AdamW: Adam with weight decay that the gradients do not scale. The usual choice."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import adamw
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class AdamW(Trained):
    """Adam with decoupled weight decay."""

    problem = "neural_training"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1), "weight_decay": ("log", 1e-3, 1.0)}

    learning_rate: float = 0.02
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.01

    def rule(self, steps, names):
        return adamw.AdamW(self.beta1, self.beta2, self.eps, self.weight_decay)
