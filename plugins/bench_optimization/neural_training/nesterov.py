"""Nesterov's momentum: a heavy ball whose gradient is taken where it leads."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import nesterov
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class Nesterov(Trained):
    """SGD with Nesterov's momentum."""

    problem = "neural_training"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-2, 1.0), "momentum": ("choice", 0.9, 0.95, 0.98)}

    learning_rate: float = 0.2
    momentum: float = 0.9
    weight_decay: float = 0.0

    def rule(self, steps, names):
        return nesterov.Nesterov(self.momentum, self.weight_decay)
