"""The same rule as `neural_training/adagrad`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import adagrad


@dataclass(frozen=True)
class AdaGrad(adagrad.AdaGrad):
    """Rates by the sum of squared gradients."""

    problem = "neural_training_torch"
    role = "baseline"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-2, 1.0)}
