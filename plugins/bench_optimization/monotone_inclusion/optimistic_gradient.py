"""Optimistic gradient: extragradient's look ahead, guessed from the last evaluation.

    z+ = J(z - (step / L)(2 F(z) - F(z_before)))

With a constraint this is forward-reflected-backward (Malitsky and Tam 2020), which converges for
monotone Lipschitz F where step < 1/2. It costs n calls a step, half of extragradient's.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from harness.api import Solver


@dataclass(frozen=True)
class OptimisticGradient(Solver):
    """One evaluation of all components a step, and the one before."""

    problem = "monotone_inclusion"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.05, 10.0)}

    step: float = 0.45  # of 1 / L

    def __post_init__(self):
        above_zero({"step": self.step})

    def solve(self, oracle, rng):
        eta = self.step / oracle.lipschitz
        z = oracle.start
        yield z
        before = oracle.operator(z)
        here = before
        while True:
            z = oracle.resolvent(z - eta * (2 * here - before))
            yield z
            before, here = here, oracle.operator(z)
