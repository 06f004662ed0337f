"""The same rule as `neural_training/straight_to_zero`, on gradients that PyTorch computed."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.neural_training import straight_to_zero


@dataclass(frozen=True)
class StraightToZero(straight_to_zero.StraightToZero):
    """AdamW with a linear decay to zero."""

    problem = "neural_training_torch"
    role = "paper"
    papers = ("straight-to-zero",)
    requires = ("torch",)
    space: ClassVar = {
        "learning_rate": ("log", 1e-3, 0.1),
        "weight_decay": ("log", 1e-3, 1.0),
    }
