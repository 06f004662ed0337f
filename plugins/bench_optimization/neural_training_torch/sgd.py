"""The same rule as `neural_training/sgd`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import sgd


@dataclass(frozen=True)
class SGD(sgd.SGD):
    """The plain step."""

    problem = "neural_training_torch"
    role = "baseline"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 3e-2, 3.0)}
