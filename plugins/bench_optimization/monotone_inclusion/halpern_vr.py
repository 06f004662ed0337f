"""Halpern's iteration with variance reduction: anchored steps along a recursive estimate of F.

    z+ = J(a z_0 + (1 - a) z - eta E),    a = 2 / (k + 4)

The estimate E is PAGE's: F(z) itself with probability p, which falls to 4 / (sqrt(n) + 5), and
otherwise the last estimate and the mean of F_i(z) - F_i(z_before) over sqrt(n) components, drawn
without replacement, the same for both points. The last iterate's residual falls as 1 / k. A step
costs n p + 2 b, in the end some 6 sqrt(n) components: n + sqrt(n) L / eps calls in all, against
n L_F / eps for the iteration without sampling. L is the average constant, up to dim times the
constant L_F of F, so that the method wins where sqrt(n) L_F / (6 L) is above 1. Memory O(dim).

Departs from the paper: on operators that are not cocoercive, such as games, the theory allows no
step, and plain rotations make the method diverge; there the average Lipschitz constant takes the
place of L, as the authors' experiments take the norm of the game's matrix.
"""

import math
from dataclasses import dataclass
from itertools import count
from typing import ClassVar

import numpy as np

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from harness.api import Solver


@dataclass(frozen=True)
class HalpernVR(Solver):
    """Anchored steps with the estimator PAGE (the paper's Algorithm 1)."""

    problem = "monotone_inclusion"
    papers = ("variance-reduced-halpern-iteration-finite",)
    role = "paper"
    space: ClassVar = {"step": ("log", 0.05, 50.0)}

    step: float = 0.25  # of 1 / L, as the theory has it
    batch: int = 0  # components of a correction; 0 stands for sqrt(n)

    def __post_init__(self):
        above_zero({"step": self.step})
        check_whole({"batch": self.batch}, least=0)

    def solve(self, oracle, rng):
        n, cocoercive = oracle.n, oracle.average_cocoercivity
        eta = self.step / (cocoercive if math.isfinite(cocoercive) else oracle.average_lipschitz)
        batch = min(self.batch or math.isqrt(n), n)
        everything = np.arange(n)
        anchor = z = before = estimate = oracle.start
        for k in count():
            yield z
            if rng.random() < refresh_share(k, n):
                estimate = oracle.operator(z)
            else:
                some = rng.choice(n, batch, replace=False) if batch < n else everything
                estimate = estimate + oracle.difference(z, before, some)
            before = z
            pull = 2 / (k + 4)
            z = oracle.resolvent(pull * anchor + (1 - pull) * z - eta * estimate)


def refresh_share(k: int, n: int) -> float:
    """The probability with which step k computes all of F."""
    if k <= 1:
        return 1.0
    root = math.sqrt(n)
    return 4 / (k + 4) if k - 1 <= root else 4 / (root + 5)
