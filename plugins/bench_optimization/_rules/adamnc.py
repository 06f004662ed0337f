"""AdamNC (Reddi, Kale and Kumar): Adam that forgets no squared gradient.

beta2 grows as 1 - 1/t, so that v is the plain mean of all squared gradients:
m = beta1 m + (1 - beta1) g; v = v + (g^2 - v) / t; x = x - rate m / sqrt(v). With beta1 = 0 and
rates a / sqrt(t) it is AdaGrad with the rate a. O(d) a step, two buffers.

Departs from the paper: eps is added to the root, against 0/0; eps=0 is the paper's form. beta1 does
not fall, where the paper's bound needs beta1 / t.
"""

from dataclasses import dataclass

from bench_optimization._rules.base import FusedRule, not_negative, shares


@dataclass
class AdamNC(FusedRule):
    """Adam with the mean of all squared gradients."""

    update = "adam"
    buffers = 2

    beta1: float = 0.9
    eps: float = 1e-8

    def __post_init__(self) -> None:
        shares({"beta1": self.beta1})
        not_negative({"eps": self.eps})

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        weights = (self.beta1, 1 - self.beta1, 1 - 1 / step, 1 / step)
        return (*weights, rate, 0.0, 1.0, self.eps, 1.0)
