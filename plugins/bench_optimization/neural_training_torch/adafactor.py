"""The same rule as `neural_training/adafactor`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import adafactor


@dataclass(frozen=True)
class Adafactor(adafactor.Adafactor):
    """Second moments of rank one."""

    problem = "neural_training_torch"
    role = "paper"
    papers = ("adafactor",)
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}
