"""Plain stochastic gradient descent: x = x - rate g. The floor that others must beat."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import sgd
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class SGD(Trained):
    """The plain step."""

    problem = "neural_training"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 3e-2, 3.0)}

    learning_rate: float = 1.0
    weight_decay: float = 0.0

    def rule(self, steps, names):
        return sgd.SGD(self.weight_decay)
