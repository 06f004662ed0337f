"""Power EMA: m <- (1 - b_t) m + b_t w with b_t = (10 + t)^-kappa.

An average whose window t^kappa grows with the run: BEMA without its correction.

A step costs O(d), the memory is O(d) more.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _averages
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class PowerEMA(Solver):
    """Constant steps, and a fading mean that fades ever slower."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 0.9), "kappa": ("linear", 0.1, 1.0)}

    step: float = 0.25  # share of the stable step
    kappa: float = 0.5  # 0 is the last iterate, 1 about the mean of all

    def __post_init__(self):
        check(self.step)
        if not 0 <= self.kappa <= 1:
            raise ValueError(f"kappa = {self.kappa}; expected a number from 0 to 1")

    def solve(self, oracle, rng):
        yield from descend(
            oracle, rng, step=self.step, average=_averages.BEMA(kappa=self.kappa, eta=-1.0)
        )
