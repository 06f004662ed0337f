"""RMSProp: rates by a fading mean of squared gradients, without momentum."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import rmsprop
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class RMSProp(Trained):
    """Rates by a fading mean of squared gradients."""

    problem = "neural_training"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 5e-4, 5e-2), "beta2": ("choice", 0.9, 0.99, 0.999)}

    learning_rate: float = 5e-3
    beta2: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.0

    def rule(self, steps, names):
        return rmsprop.RMSProp(self.beta2, self.eps, self.weight_decay)
