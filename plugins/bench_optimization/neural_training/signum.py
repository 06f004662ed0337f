"""Signum: the sign of a fading mean of gradients; the control for Lion."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import signum
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class Signum(Trained):
    """The sign of the mean gradient."""

    problem = "neural_training"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-4, 1e-2), "weight_decay": ("log", 1e-2, 10.0)}

    learning_rate: float = 5e-3
    beta: float = 0.9
    weight_decay: float = 0.1

    def rule(self, steps, names):
        return signum.Signum(self.beta, self.weight_decay)
