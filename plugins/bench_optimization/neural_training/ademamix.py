"""AdEMAMix: AdamW with a second momentum that is so slow that it remembers much of the run.

The weight of the slow momentum and its memory grow over the whole run, as the authors advise; its
memory 1 / (1 - beta3) ends at a share of the steps, since the 10,000 steps of the authors' long
runs would never come into play in short ones.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._rules import ademamix
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class AdEMAMix(Trained):
    """A fast and a slow momentum."""

    problem = "neural_training"
    role = "paper"
    papers = ("the-ademamix-optimizer",)
    space: ClassVar = {
        "learning_rate": ("log", 5e-4, 5e-2),
        "alpha": ("choice", 2.0, 5.0, 8.0),
        "memory": ("log", 0.03, 0.3),
    }

    learning_rate: float = 2e-3
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.01
    alpha: float = 8.0  # weight of the slow momentum
    memory: float = 0.1  # of the slow momentum, 1 / (1 - beta3), as a share of the steps

    def rule(self, steps, names):
        above_zero({"memory": self.memory})
        beta3 = max(self.beta1, 1 - 1 / max(2.0, self.memory * steps))
        return ademamix.AdEMAMix(
            self.beta1, self.beta2, self.eps, self.weight_decay, beta3, self.alpha, warmup=steps
        )
