"""AdaBelief: rates by how far gradients are from their fading mean.

Steps are long where gradients are as foretold. Departs from the authors' package: no rectification,
and weight decay is as AdamW's here.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import adabelief
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class AdaBelief(Trained):
    """Rates by the distance of gradients from their mean."""

    problem = "neural_training"
    role = "paper"
    papers = ("adabelief-optimizer",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1), "eps": ("choice", 1e-8, 1e-12, 1e-16)}

    learning_rate: float = 0.02
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-16  # the authors' where Adam does well; 1e-8 where SGD does
    weight_decay: float = 0.01
    rectify: bool = False

    def rule(self, steps, names):
        return adabelief.AdaBelief(
            self.beta1, self.beta2, self.eps, self.weight_decay, self.rectify
        )
