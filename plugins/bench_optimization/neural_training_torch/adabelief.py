"""The same rule as `neural_training/adabelief`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import adabelief


@dataclass(frozen=True)
class AdaBelief(adabelief.AdaBelief):
    """Rates by the distance of gradients from their mean."""

    problem = "neural_training_torch"
    role = "paper"
    papers = ("adabelief-optimizer",)
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1), "eps": ("choice", 1e-8, 1e-12, 1e-16)}
