"""AMSGrad: Adam with the largest second moment so far, so that rates never rise again.

By default the bias is corrected as in PyTorch; variant=paper corrects nothing.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import amsgrad
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class AMSGrad(Trained):
    """Adam whose rates never rise."""

    problem = "neural_training"
    role = "paper"
    papers = ("convergence-adam-beyond",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}

    learning_rate: float = 0.05
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    variant: str = "torch"  # or paper, optax: where the bias is corrected

    def rule(self, steps, names):
        return amsgrad.AMSGrad(self.beta1, self.beta2, self.eps, self.variant)
