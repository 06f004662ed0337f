"""Halpern's iteration: a step of forward-backward, drawn back to the start by a share that fades.

    z+ = a z_0 + (1 - a) J(z - (step / L) F(z)),    a = 1 / (k + 2)

For cocoercive F and step <= 2 the map is non-expansive and its residual at z_k is at most
2 |z_0 - z*| / (k + 1), which no method of its kind improves (Lieder 2021). It costs n calls a step.
Without cocoercivity, as in games, nothing is promised.
"""

from dataclasses import dataclass
from itertools import count
from typing import ClassVar

from bench_optimization._checks import above_zero
from harness.api import Solver


@dataclass(frozen=True)
class Halpern(Solver):
    """Anchored forward-backward with all components."""

    problem = "monotone_inclusion"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.1, 10.0)}

    step: float = 1.0  # of 1 / L

    def __post_init__(self):
        above_zero({"step": self.step})

    def solve(self, oracle, rng):
        eta = self.step / oracle.lipschitz
        anchor = z = oracle.start
        for k in count():
            yield z
            pull = 1 / (k + 2)
            moved = oracle.resolvent(z - eta * oracle.operator(z))
            z = pull * anchor + (1 - pull) * moved
