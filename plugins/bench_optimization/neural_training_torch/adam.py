"""The same rule as `neural_training/adam`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import adam


@dataclass(frozen=True)
class Adam(adam.Adam):
    """Momentum, scaled coordinate by coordinate."""

    problem = "neural_training_torch"
    role = "baseline"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1), "beta1": ("choice", 0.8, 0.9, 0.95)}
