"""Polyak's and Ruppert's average: the mean of all iterates.

Its noise is the least possible of any average in the long run; its bias falls like 1/t only, as the
first steps stay in it.

A step costs O(d), the memory is O(d) more.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _averages
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class Polyak(Solver):
    """Constant steps, and the mean of all iterates."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 0.9)}

    step: float = 0.25  # share of the stable step

    def __post_init__(self):
        check(self.step)

    def solve(self, oracle, rng):
        yield from descend(oracle, rng, step=self.step, average=_averages.Polyak())
