"""Extragradient: look ahead by one step, then step from where you were along what you saw there.

    h = J(z - (step / L) F(z)),    z+ = J(z - (step / L) F(h))

It converges for every monotone Lipschitz F where step < 1 (Korpelevich 1976); the residual of the
last iterate falls as 1 / sqrt(k). On a rotation the step 1 / sqrt(2) contracts fastest. It costs
2 n calls a step.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from harness.api import Solver


@dataclass(frozen=True)
class Extragradient(Solver):
    """Two evaluations of all components a step."""

    problem = "monotone_inclusion"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.1, 20.0)}

    step: float = 0.7  # of 1 / L

    def __post_init__(self):
        above_zero({"step": self.step})

    def solve(self, oracle, rng):
        eta = self.step / oracle.lipschitz
        z = oracle.start
        while True:
            yield z
            ahead = oracle.resolvent(z - eta * oracle.operator(z))
            z = oracle.resolvent(z - eta * oracle.operator(ahead))
