"""D2Z: AdamW whose rate warms up over a tenth of the steps, then falls linearly to zero.

Early steps must forget the start, late ones average out the noise of gradients; a linear decay to
zero gives both. `schedule=cosine_10`, the decay to a tenth, is what the authors hold it against,
and should be tuned apart: its best rate is lower. Departs from the paper: AdamW's betas are (0.9,
0.999); the length of the warm-up is ours.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._rules import adamw
from bench_optimization.neural_training._training import Trained


@dataclass(frozen=True)
class StraightToZero(Trained):
    """AdamW with a linear decay to zero."""

    problem = "neural_training"
    role = "paper"
    papers = ("straight-to-zero",)
    space: ClassVar = {
        "learning_rate": ("log", 1e-3, 0.1),
        "weight_decay": ("log", 1e-3, 1.0),
    }

    learning_rate: float = 0.02
    warmup: float = 0.1
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    weight_decay: float = 0.1  # the paper's; forgetting the start is what the decay is for

    def rule(self, steps, names):
        return adamw.AdamW(self.beta1, self.beta2, self.eps, self.weight_decay)
