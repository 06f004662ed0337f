"""NAdam: Adam with Nesterov's momentum, whose weight grows over the first steps."""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import nadam
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class NAdam(Trained):
    """Adam that looks ahead."""

    problem = "neural_training"
    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}

    learning_rate: float = 0.02
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    psi: float = 0.004  # of the steps; how fast the momentum's weight grows
    weight_decay: float = 0.0

    def rule(self, steps, names):
        return nadam.NAdam(self.beta1, self.beta2, self.eps, self.psi, self.weight_decay)
