"""Heavy ball: steps along a fading sum of gradients (Polyak), with decoupled weight decay."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import momentum
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class Momentum(Trained):
    """SGD with momentum."""

    problem = "neural_training"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-2, 1.0), "momentum": ("choice", 0.9, 0.95, 0.98)}

    learning_rate: float = 0.2
    momentum: float = 0.9
    weight_decay: float = 0.0

    def rule(self, steps, names):
        return momentum.Momentum(self.momentum, self.weight_decay)
