"""AdaMomentum (AdaM^3): Adam with the square of the momentum in the place of that of the gradient.

Noise moves it 4.4 times as far as Adam and its first step is ten times as long, so that its rates
are lower; the warm-up matters. Departs from the authors' class: no rectification.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import adamomentum
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class AdaMomentum(Trained):
    """Rates by the square of the momentum."""

    problem = "neural_training"
    role = "paper"
    papers = ("rethinking-adam",)
    space: ClassVar = {"learning_rate": ("log", 2e-4, 2e-2), "eps": ("choice", 1e-8, 1e-12, 1e-16)}

    learning_rate: float = 5e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-16  # the authors' class; their scripts take 1e-8
    weight_decay: float = 0.01

    def rule(self, steps, names):
        return adamomentum.AdaMomentum(self.beta1, self.beta2, self.eps, self.weight_decay)
