"""The same rule as `neural_training/adamomentum`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import adamomentum


@dataclass(frozen=True)
class AdaMomentum(adamomentum.AdaMomentum):
    """Rates by the square of the momentum."""

    problem = "neural_training_torch"
    role = "paper"
    papers = ("rethinking-adam",)
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 2e-4, 2e-2), "eps": ("choice", 1e-8, 1e-12, 1e-16)}
