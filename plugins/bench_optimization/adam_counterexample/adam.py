"""Adam (Kingma and Ba), projected: the method that these streams are made against.

m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; x = clip(x - a_t m' / sqrt(v')), where
m' and v' are divided by 1 - beta^t. The published examples choose the stream by the betas, so the
betas default to those that the stream is aimed at. O(1) a round.

Departs from the published analysis, which leaves the corrections away, unless correct=False; no
eps, as a slope is never 0.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.adam_counterexample._player import ADAPTIVE, _Player, aimed


@dataclass(frozen=True)
class Adam(_Player):
    """Momentum over a fading mean of squared slopes."""

    role = "baseline"
    space: ClassVar = {"learning_rate": ("log", 1e-4, 10.0), "decay": ("choice", True, False)}

    beta1: float | None = None  # the decays at which the stream is aimed
    beta2: float | None = None
    correct: bool = True  # whether the bias of the start is corrected

    def solve(self, oracle, rng):
        betas = aimed(self.beta1, oracle.beta1), aimed(self.beta2, oracle.beta2)
        yield from self.play(oracle, ADAPTIVE, *betas, self.correct)
