"""The same rule as `neural_training/nadam`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import nadam


@dataclass(frozen=True)
class NAdam(nadam.NAdam):
    """Adam that looks ahead."""

    problem = "neural_training_torch"
    role = "baseline"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}
