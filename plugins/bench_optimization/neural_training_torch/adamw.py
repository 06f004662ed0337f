"""The same rule as `neural_training/adamw`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import adamw


@dataclass(frozen=True)
class AdamW(adamw.AdamW):
    """Adam with decoupled weight decay."""

    problem = "neural_training_torch"
    role = "baseline"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1), "weight_decay": ("log", 1e-3, 1.0)}
