"""AdamNC (Reddi, Kale and Kumar), projected: Adam over the mean of all squared slopes.

m = beta1 m + (1 - beta1) g; v = v + (g^2 - v) / t; x = clip(x - a_t m / sqrt(v)). With beta1 = 0
and a_t = a / sqrt(t) it is AdaGrad. O(1) a round.

Departs from the paper, whose bound needs a falling beta1: here it is constant.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.adam_counterexample._player import MEAN, _Player, aimed


@dataclass(frozen=True)
class AdamNC(_Player):
    """Momentum over the mean of all squared slopes."""

    role = "paper"
    papers = ("convergence-adam-beyond",)
    space: ClassVar = {"learning_rate": ("log", 1e-4, 10.0), "decay": ("choice", True, False)}

    beta1: float | None = None  # the decay at which the stream is aimed

    def solve(self, oracle, rng):
        yield from self.play(oracle, MEAN, aimed(self.beta1, oracle.beta1), 0.0)
