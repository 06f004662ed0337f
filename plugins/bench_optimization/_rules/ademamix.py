"""AdEMAMix (Pagliardini, Ablin and Grangier): AdamW with a second, very slow momentum.

m = beta1 m + (1 - beta1) g; n = b n + (1 - b) g with b up to beta3; v as Adam's;
x = x - rate ((m / (1 - beta1^t) + a n) / (sqrt(v / (1 - beta2^t)) + eps) + weight_decay x). The
slow momentum is not corrected for its start at 0. O(d) a step, three buffers, half more than Adam.

Both schedules are over `warmup` steps: with u = min(t / warmup, 1) a = alpha u, and
b = exp(ln b0 ln beta3 / ((1 - u) ln beta3 + u ln b0)), so that the half-life of the slow momentum
grows linearly from that of b0 = beta1. The paper takes the whole run as the warm-up. warmup=0 is no
warm-up. Where beta1 = 0, which has no half-life, b0 is 0.9. b is never above beta3.

Departs from the paper: beta3 is 0.999 by default, since the 0.9999 stated for runs of 256,000 steps
never starts to move in short ones; take 1 / (1 - beta3) at most a tenth of the steps.
"""

import math
from dataclasses import dataclass

from bench_optimization._rules.adamw import AdamW
from bench_optimization._rules.base import not_negative

FIRST_BETA3 = 0.9  # where beta1 = 0


@dataclass
class AdEMAMix(AdamW):
    """A fast and a slow momentum."""

    update = "ademamix"
    buffers = 3

    weight_decay: float = 0.0
    beta3: float = 0.999
    alpha: float = 8.0  # weight of the slow momentum
    warmup: int = 0  # steps

    def __post_init__(self) -> None:
        super().__post_init__()
        not_negative({"alpha": self.alpha, "warmup": self.warmup})
        if not 0 < self.beta3 < 1:
            raise ValueError(f"beta3 = {self.beta3}; expected a number between 0 and 1")

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        m_keep, m_take, v_keep, v_take = self.averaging()
        part = min(step / self.warmup, 1.0) if self.warmup else 1.0
        slow = slow_beta(part, self.beta1, self.beta3)
        rates = (rate / (1 - self.beta1**step), rate * self.alpha * part)
        shrink = 1 - rate * self.weight_decay
        weights = (m_keep, m_take, slow, 1 - slow, v_keep, v_take)
        return (*weights, *rates, self.root(step), self.eps, shrink)


def slow_beta(part: float, beta1: float, beta3: float) -> float:
    """The weight b of the slow momentum's past when a part (0 to 1) of the warm-up is over."""
    if part >= 1:
        return beta3
    first = math.log(beta1 or FIRST_BETA3)
    last = math.log(beta3)
    return min(beta3, math.exp(first * last / ((1 - part) * last + part * first)))
