"""The same rule as `neural_training/ranger21`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import ranger21


@dataclass(frozen=True)
class Ranger21(ranger21.Ranger21):
    """AdamW with eight additions."""

    problem = "neural_training_torch"
    role = "paper"
    papers = ("ranger21",)
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}
