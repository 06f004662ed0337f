"""The same rule as `neural_training/lion`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import lion


@dataclass(frozen=True)
class Lion(lion.Lion):
    """The sign of a momentum."""

    problem = "neural_training_torch"
    role = "paper"
    papers = ("symbolic-discovery-optimization-algorithms",)
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-4, 1e-2), "weight_decay": ("log", 1e-2, 10.0)}
