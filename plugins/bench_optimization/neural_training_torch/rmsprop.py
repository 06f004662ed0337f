"""The same rule as `neural_training/rmsprop`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import rmsprop


@dataclass(frozen=True)
class RMSProp(rmsprop.RMSProp):
    """Rates by a fading mean of squared gradients."""

    problem = "neural_training_torch"
    role = "baseline"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 5e-4, 5e-2), "beta2": ("choice", 0.9, 0.99, 0.999)}
