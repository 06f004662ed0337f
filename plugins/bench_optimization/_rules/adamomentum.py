"""AdaMomentum, later named AdaM^3 (Wang and others): rates by the square of the momentum.

m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) m^2 + eps, with the new m, eps staying in v;
x = x - rate (m / (1 - beta1^t)) / sqrt(v / (1 - beta2^t)). The first step is rate / (1 - beta1),
ten times Adam's, and noise moves it 4.4 times as far: take rates about a quarter of Adam's, and
warm up. Where gradients alternate the steps do not shrink. O(d) a step, two buffers.
`weight_decay` is decoupled and comes first.

The bias correction is as published, and not exact: v is made of momenta that are still short.
`rectify` is RAdam's, as in AdaBelief; the denominator is then sqrt(v) + eps. Departs from the
authors' class, which rectifies by default.
"""

from dataclasses import dataclass

from bench_optimization._rules.adabelief import AdaBelief


@dataclass
class AdaMomentum(AdaBelief):
    """Rates by the square of the momentum."""

    of_difference = 0.0
    eps_below = False

    eps: float = 1e-16
