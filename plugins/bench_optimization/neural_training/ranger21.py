"""Ranger21: AdamW with clipping, centralising, two momenta, norm loss, stable decay, lookahead.

Its home are deep nets without normalisation whose weights begin too small: where gradients vanish,
norm loss and stable decay draw the norms of rows to 1. It brings its own schedule, a warm-up over
22 % of the steps and a decay to zero over the last 28 %; the common one is switched off. Each part
is a switch.

Departs from the paper: eps is 1e-6, not 1e-8. An array without any gradient, such as that of a dead
unit, moves to norm 1 by weight_decay / eps times the rate, and diverges where that is above 2.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import ranger21
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class Ranger21(Trained):
    """AdamW with eight additions."""

    problem = "neural_training"
    role = "paper"
    papers = ("ranger21",)
    space: ClassVar = {"learning_rate": ("log", 1e-3, 0.1)}

    learning_rate: float = 0.01  # lower than tuned alone: 0.02 is at the border of that
    schedule: str = "constant"
    warmup: float = 0.0
    beta0: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-6  # rate * weight_decay / eps must be below 2: see above
    weight_decay: float = 1e-4
    clipping: bool = True
    centralising: bool = True
    positive_negative: bool = True
    largest: bool = True
    warm_up: bool = True
    warm_down: bool = True
    stable_decay: bool = True
    norm_loss: bool = True
    lookahead: bool = True

    def rule(self, steps, names):
        switches = (
            *("clipping", "centralising", "positive_negative", "largest", "warm_up"),
            *("warm_down", "stable_decay", "norm_loss", "lookahead"),
        )
        return ranger21.Ranger21(
            max(1, steps),
            beta0=self.beta0,
            beta1=self.beta1,
            beta2=self.beta2,
            eps=self.eps,
            weight_decay=self.weight_decay,
            **{name: getattr(self, name) for name in switches},
        )
