"""Adafactor: second moments of matrices from their row and column means, O(n + m) state.

By default the rate is absolute and comes from the common schedule, so that it can be tuned as that
of others. `relative=True` is the paper's: steps are in units of the size of a matrix and fall as
1 / sqrt(t); give it learning_rate=0.01 and schedule=constant. `beta2` takes a fixed decay of the
second moments, such as Adam's, in the place of 1 - t^-0.8.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import adafactor
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class Adafactor(Trained):
    """Second moments of rank one."""

    problem = "neural_training"
    role = "paper"
    papers = ("adafactor",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}

    learning_rate: float = 0.01
    relative: bool = False
    clip: float = 1.0  # of the root mean square of an update
    beta1: float = 0.0  # momentum of updates
    beta2: float = 0.0  # of the second moments; 0: 1 - t^-0.8
    weight_decay: float = 0.0

    def rule(self, steps, names):
        return adafactor.Adafactor(
            clip=self.clip,
            beta1=self.beta1,
            beta2=self.beta2 or None,
            relative=self.relative,
            decaying=self.relative,
            weight_decay=self.weight_decay,
        )
