"""Adam: momentum over the root of a fading mean of squared gradients, without weight decay."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import adam
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class Adam(Trained):
    """Momentum, scaled coordinate by coordinate."""

    problem = "neural_training"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1), "beta1": ("choice", 0.8, 0.9, 0.95)}

    learning_rate: float = 0.02
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    def rule(self, steps, names):
        return adam.Adam(self.beta1, self.beta2, self.eps)
