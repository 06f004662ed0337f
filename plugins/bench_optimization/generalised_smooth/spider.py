"""SPIDER with normalised steps: an estimate of the gradient that is kept up to date by differences.

    v = g_anchor(x_t)                        at every period-th step, on a large batch,
    v <- v + g_S(x_t) - g_S(x_{t-1})         otherwise, on a small batch S, the same at both points,
    x_{t+1} = x_t - gamma v / |v|.

As steps are short, the differences vary little, and their errors add up over one period only. The
steps' length must be known beforehand, so that it holds however fast the curvature grows.
O(eps^-3) component gradients find |g| <= eps, with gamma, the period and the batches tied to eps.

A step takes 2 `batch` gradients, an anchor `anchor` ones; memory is three vectors and v.

Departs from the paper: where gamma is 0, it is chosen by the scale of the problem, measured at the
start on 256 components. Both gradients of a difference are counted.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.generalised_smooth._steps import check, norm, scale_of
from harness.api import Solver


@dataclass(frozen=True)
class Spider(Solver):
    """Normalised SPIDER."""

    problem = "generalised_smooth"
    papers = ("generalized-smooth-nonconvex-optimization-efficient",)
    role = "paper"
    space: ClassVar = {
        "first": ("log", 1e-4, 1.0),
        "period": ("integer", 2, 50),
        "batch": ("log integer", 1, 200),
    }

    gamma: float = 0.0  # length of a step; 0: by `first`
    first: float = 0.03  # the same in units of gradient descent's first step
    period: int = 5  # steps from one anchor to the next
    batch: int = 50  # components of a difference, drawn without replacement
    anchor: int = 0  # components of an anchor; 0: all

    def __post_init__(self):
        check({"first": self.first}, {"gamma": self.gamma, "anchor": self.anchor}, self.batch)
        if self.period < 1:
            raise ValueError(f"period = {self.period}; expected at least 1 step")

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        gamma = self.gamma or self.first * scale_of(oracle, rng).length
        before, step = x.copy(), 0
        while True:
            if step % self.period == 0:
                estimate = _mean(oracle, rng, self.anchor, x)[0]
            else:
                there, here = _mean(oracle, rng, self.batch, x, before)
                estimate += there - here
            before[:] = x
            size = norm(estimate)
            if size > 0.0:
                x -= (gamma / size) * estimate
            yield x
            step += 1


def _mean(oracle, rng, batch, *points):
    """Gradients at points on the same components; of all of them where batch is 0 or too large."""
    if batch == 0 or batch >= oracle.n:
        return [oracle.gradient(point) for point in points]
    drawn = rng.choice(oracle.n, batch, replace=False, shuffle=False)
    return [oracle.stochastic_gradient(point, drawn) for point in points]
