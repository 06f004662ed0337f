"""The same rule as `neural_training/amsgrad`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import amsgrad


@dataclass(frozen=True)
class AMSGrad(amsgrad.AMSGrad):
    """Adam whose rates never rise."""

    problem = "neural_training_torch"
    role = "paper"
    papers = ("convergence-adam-beyond",)
    requires = ("torch",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}
