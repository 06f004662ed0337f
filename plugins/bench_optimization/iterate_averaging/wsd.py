"""Warm-up, stable, decay: constant steps that fall linearly to zero in the last fifth.

The horizon need not be known before the decay begins.

A step costs O(d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class WSD(Solver):
    """The last iterate of constant steps with a cooldown."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 0.9)}

    step: float = 0.25  # the peak, as a share of the stable step
    warmup: float = 0.1  # share of the steps in which it rises to the peak

    def __post_init__(self):
        check(self.step, "wsd", self.warmup)

    def solve(self, oracle, rng):
        yield from descend(oracle, rng, step=self.step, schedule="wsd", warmup=self.warmup)
