"""AdaGrad: each coordinate's rate falls with its sum of squared gradients."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import adagrad
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class AdaGrad(Trained):
    """Rates by the sum of squared gradients."""

    problem = "neural_training"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-2, 1.0)}

    learning_rate: float = 0.2
    eps: float = 1e-10
    weight_decay: float = 0.0

    def rule(self, steps, names):
        return adagrad.AdaGrad(self.eps, self.weight_decay)
