"""STORM: momentum with a correction that keeps the estimate of the gradient up to date.

    d <- g_S(x_t) + (1 - a) (d - g_S(x_{t-1})),  x <- x - eta d,
    eta = k / (w + sum |g_S|^2)^(1/3),  a = min(1, c eta^2),

with the same mini-batch S at both points (Cutkosky and Orabona, Momentum-based variance reduction
in non-convex SGD): no large batches are needed. A step takes two mini-batches and O(dim), or one
where a is 1, as the old gradient counts nothing then.

The theory has k = b |g|^(2/3) / L, w = (4 L k)^3, so that eta begins with 1 / (4 L), and
c = 28 L^2 and a little more. Where k is 0, these are taken with |g| and L measured at the start on
256 components, b = `numerator`, w = (L k / `first`)^3, so that eta begins with `first` / L, and
c = `forget` L^2.

Departs from the paper: that the two are those of the start; bounds, which the paper has, are not
there. As curvature falls along the way, longer steps than 1 / (4 L) are the default.
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
        "first": ("log", 1e-2, 10.0),
        "numerator": ("log", 0.1, 10.0),
        "forget": ("log", 0.1, 100.0),
        "batch": ("log integer", 1, 200),
    }

    k: float = 0.0  # 0: all three by `first`, `numerator` and `forget`
    w: float = 0.1  # used with a given k
    c: float = 10.0  # the same
    first: float = 2.0  # the first eta in units of 1 / L
    numerator: float = 2.0  # k in units of |g|^(2/3) / L; the larger, the later eta falls
    forget: float = 28.0  # c in units of L^2; of the theory
    batch: int = 50  # components

    def __post_init__(self):
        names = ("w", "c", "first", "numerator", "forget")
        check({name: getattr(self, name) for name in names}, {"k": self.k}, self.batch)

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        k, w, c = self.k, self.w, self.c
        if not k:
            scale = scale_of(oracle, rng)
            k = self.numerator * scale.gradient ** (2 / 3) / scale.curvature
            w = (self.numerator / self.first) ** 3 * scale.gradient**2
            c = self.forget * scale.curvature**2
        total, new, estimate, before = w, 1.0, None, None
        for indices in draws(rng, oracle.n, self.batch):
            gradient = oracle.stochastic_gradient(x, indices)
            total += float(gradient @ gradient)
            if new == 1.0:
                estimate = gradient
            else:
                old = oracle.stochastic_gradient(before, indices)
                estimate = gradient + (1 - new) * (estimate - old)
            rate = k / total ** (1 / 3)
            new = min(1.0, c * rate * rate)
            before = x
            x = x - rate * estimate
            yield x
