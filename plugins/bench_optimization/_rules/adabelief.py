"""AdaBelief (Zhuang and others): long steps where gradients are as the momentum foretold.

m = beta1 m + (1 - beta1) g; s = beta2 s + (1 - beta2) (g - m)^2 + eps, with the new m, eps staying
in s; x = x - rate (m / (1 - beta1^t)) / (sqrt(s / (1 - beta2^t)) + eps). `weight_decay` is
decoupled and comes first. The first step is rate / beta1; on a constant gradient steps are not
bounded by the rate but by 1 / sqrt(eps / (1 - beta2)) times it. O(d) a step, two buffers.

`rectify` is RAdam's: with r = 2 / (1 - beta2) - 1 and r_t = r - 2 t beta2^t / (1 - beta2^t), steps
with r_t < 5 (the first five of beta2 = 0.999) are x = x - rate m / (1 - beta1^t), and later ones
are that times sqrt((1 - beta2^t) (r_t - 4) (r_t - 2) r / ((r - 4) (r - 2) r_t)) / (sqrt(s) + eps).

Departs from the authors' package, whose defaults are eps = 1e-16 and rectify: the paper's algorithm
has 1e-8 and no rectification. Take a large eps where SGD does well, a small one where Adam does.
"""

from dataclasses import dataclass

from bench_optimization._rules.adamw import AdamW


@dataclass
class AdaBelief(AdamW):
    """Rates by how far gradients are from their mean."""

    update = "adabelief"
    buffers = 2
    of_difference = 1.0  # whether s sums (g - m)^2 or m^2
    eps_below = True  # whether eps is added to the root as well

    weight_decay: float = 0.0
    rectify: bool = False

    def scalars(self, step: int, rate: float) -> tuple[float, ...]:
        shrink = 1 - rate * self.weight_decay
        corrected = rate / (1 - self.beta1**step)
        root, adaptive = self.root(step), 1.0
        below = self.eps if self.eps_below or self.rectify else 0.0
        if self.rectify:
            factor = rectification(self.beta2, step)
            root, adaptive = 1.0, float(factor > 0)
            corrected *= factor or 1.0
        added = (self.of_difference, self.eps)
        return (*self.averaging(), *added, corrected, root, below, adaptive, shrink)


def rectification(beta2: float, step: int) -> float:
    """RAdam's factor of a step, counted from 1; 0 while the variance cannot be told."""
    longest = 2 / (1 - beta2) - 1
    power = beta2**step
    length = longest - 2 * step * power / (1 - power)
    if length < 5:
        return 0.0
    told = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return ((1 - power) * told) ** 0.5
