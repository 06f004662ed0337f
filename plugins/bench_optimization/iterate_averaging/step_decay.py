"""Step decay: the step is cut to a tenth after half of the run, and once more after three quarters.

A step costs O(d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class StepDecay(Solver):
    """The last iterate of steps that are cut twice."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 0.9)}

    step: float = 0.25  # the peak, as a share of the stable step
    warmup: float = 0.1  # share of the steps in which it rises to the peak

    def __post_init__(self):
        check(self.step, "step", self.warmup)

    def solve(self, oracle, rng):
        yield from descend(oracle, rng, step=self.step, schedule="step", warmup=self.warmup)
