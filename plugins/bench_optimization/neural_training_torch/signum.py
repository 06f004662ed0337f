"""The same rule as `neural_training/signum`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import signum


@dataclass(frozen=True)
class Signum(signum.Signum):
    """The sign of the mean gradient."""

    problem = "neural_training_torch"
    role = "baseline"
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-4, 1e-2), "weight_decay": ("log", 1e-2, 10.0)}
