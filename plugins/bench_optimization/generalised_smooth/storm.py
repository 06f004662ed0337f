"""STORM: momentum with a correction that keeps the estimate of the gradient up to date.

    d <- g_S(x_t) + (1 - a) (d - g_S(x_{t-1})),  x <- x - eta d,
    eta = k / (w + sum |g_S|^2)^(1/3),  a = min(1, c eta^2),

with the same mini-batch S at both points (Cutkosky and Orabona, Momentum-based variance reduction
in non-convex SGD): no large batches are needed. A step takes two mini-batches and O(dim).

Where k is 0, it is such that the first step has the length `first` |g| / L, and c such that a
begins with `forget`; |g| and L are measured at the start on 256 components, and w is |g|^2.

Departs from the paper: that choice of k, w and c, which in the paper need bounds on gradients and
curvature that these problems don't have.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.generalised_smooth._steps import check, draws, scale_of
from harness.api import Solver


@dataclass(frozen=True)
class Storm(Solver):
    """Stochastic recursive momentum."""

    problem = "generalised_smooth"
    role = "baseline"
    space: ClassVar = {
        "first": ("log", 1e-2, 100.0),
        "forget": ("log", 1e-2, 1.0),
        "batch": ("log integer", 1, 200),
    }

    k: float = 0.0  # 0: all three by `first` and `forget`
    w: float = 0.1  # used with a given k
    c: float = 10.0  # the same
    first: float = 0.3  # length of the first step in units of gradient descent's
    forget: float = 0.5  # a at the start
    batch: int = 50  # components

    def __post_init__(self):
        positive = {"w": self.w, "c": self.c, "first": self.first, "forget": self.forget}
        check(positive, {"k": self.k}, self.batch)

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        k, w, c = self.k, self.w, self.c
        if not k:
            scale = scale_of(oracle, rng)
            w = scale.gradient**2
            # The first gradient about doubles the sum.
            rate = self.first / scale.curvature
            k, c = rate * (2 * w) ** (1 / 3), self.forget / rate**2
        total, new, estimate, before = w, 1.0, None, x
        for indices in draws(rng, oracle.n, self.batch):
            gradient = oracle.stochastic_gradient(x, indices)
            total += float(gradient @ gradient)
            if estimate is None:
                estimate = gradient
            else:
                old = oracle.stochastic_gradient(before, indices)
                estimate = gradient + (1 - new) * (estimate - old)
            rate = k / total ** (1 / 3)
            new = min(1.0, c * rate * rate)
            before = x
            x = x - rate * estimate
            yield x
