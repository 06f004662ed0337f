"""AdaGrad-norm: one rate for all coordinates, by the sum of all squared gradients so far.

    s <- s + |g|^2,  x <- x - eta g / sqrt s.

The first step has the length eta. It needs no curvature (Ward, Wu and Bottou, AdaGrad stepsizes:
sharp convergence over nonconvex landscapes), but a large gradient at the start slows it for ever. A
step takes one mini-batch and O(dim). Where eta is 0, it is chosen by the scale of the problem,
measured at the start on 256 components.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.generalised_smooth._steps import check, draws, scale_of
from harness.api import Solver


@dataclass(frozen=True)
class AdagradNorm(Solver):
    """SGD divided by the root of the sum of squared gradients."""

    problem = "generalised_smooth"
    role = "baseline"
    space: ClassVar = {"first": ("log", 1e-2, 100.0), "batch": ("log integer", 1, 200)}

    eta: float = 0.0  # length of the first step; 0: by `first`
    first: float = 3.0  # the same in units of gradient descent's first step
    batch: int = 50  # components

    def __post_init__(self):
        check({"first": self.first}, {"eta": self.eta}, self.batch)

    def solve(self, oracle, rng):
        x = oracle.start.copy()
        yield x
        eta = self.eta or self.first * scale_of(oracle, rng).length
        total = 0.0
        for indices in draws(rng, oracle.n, self.batch):
            gradient = oracle.stochastic_gradient(x, indices)
            total += float(gradient @ gradient)
            if total > 0.0:
                x -= (eta / total**0.5) * gradient
            yield x
