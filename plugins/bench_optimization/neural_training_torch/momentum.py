"""The same rule as `neural_training/momentum`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import momentum


@dataclass(frozen=True)
class Momentum(momentum.Momentum):
    """SGD with momentum."""

    problem = "neural_training_torch"
    role = "baseline"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-2, 1.0), "momentum": ("choice", 0.9, 0.95, 0.98)}
