"""Cosine decay to a tenth of the peak, for long the usual schedule of language models.

A step costs O(d).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class Cosine10(Solver):
    """The last iterate of steps that decay to a tenth along a cosine."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 0.9)}

    step: float = 0.25  # the peak, as a share of the stable step
    warmup: float = 0.1  # share of the steps in which it rises to the peak

    def __post_init__(self):
        check(self.step, "cosine_10", self.warmup)

    def solve(self, oracle, rng):
        yield from descend(oracle, rng, step=self.step, schedule="cosine_10", warmup=self.warmup)
