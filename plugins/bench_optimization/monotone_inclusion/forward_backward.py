"""Forward-backward: a step along -F, then the projection; on games, projected descent-ascent.

    z+ = J(z - (step / L) F(z))

It converges for cocoercive F where step < 2, linearly where F is strongly monotone too. On games
and rotations it cycles or moves away, which is why the others exist. It costs n calls a step.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from harness.api import Solver


@dataclass(frozen=True)
class ForwardBackward(Solver):
    """Projected steps with all components."""

    problem = "monotone_inclusion"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 2.0)}

    step: float = 1.0  # of 1 / L

    def __post_init__(self):
        above_zero({"step": self.step})

    def solve(self, oracle, rng):
        eta = self.step / oracle.lipschitz
        z = oracle.start
        while True:
            yield z
            z = oracle.resolvent(z - eta * oracle.operator(z))
