"""The same rule as `neural_training/ademamix`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import ademamix


@dataclass(frozen=True)
class AdEMAMix(ademamix.AdEMAMix):
    """A fast and a slow momentum."""

    problem = "neural_training_torch"
    role = "paper"
    papers = ("the-ademamix-optimizer",)
    requires = ("torch",)
    space: ClassVar = {
        "learning_rate": ("log", 5e-4, 5e-2),
        "alpha": ("choice", 2.0, 5.0, 8.0),
        "memory": ("log", 0.03, 0.3),
    }
