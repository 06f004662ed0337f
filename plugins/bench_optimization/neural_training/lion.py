"""Lion: the sign of a momentum in which the newest gradient counts more, one buffer.

Its rates are a tenth of AdamW's and its decay is ten times as large, as its authors advise.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import lion
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class Lion(Trained):
    """The sign of a momentum."""

    problem = "neural_training"
    role = "paper"
    papers = ("symbolic-discovery-optimization-algorithms",)
    space: ClassVar = {"learning_rate": ("log", 1e-4, 1e-2), "weight_decay": ("log", 1e-2, 10.0)}

    learning_rate: float = 2e-3
    beta1: float = 0.9
    beta2: float = 0.99
    weight_decay: float = 0.1

    def rule(self, steps, names):
        return lion.Lion(self.beta1, self.beta2, self.weight_decay)
