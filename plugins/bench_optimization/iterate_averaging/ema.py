"""Exponential moving average: m <- a m + (1 - a) w after each step.

It averages over about 1/(1 - a) steps (as much noise as a plain mean of (1 + a)/(1 - a)), and
forgets the start like a^t or like the iterate itself, whichever is slower. Where 1/(1 - a) is more
than the run, the start stays in it.

A step costs O(d), the memory is O(d) more.

Departs from the paper: it takes in the iterate after the step, not before it, as packages do.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _averages
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class EMA(Solver):
    """Constant steps, and a fading mean of the iterates."""

    problem = "iterate_averaging"
    role = "paper"
    papers = ("understanding-sgd-exponential-moving-average",)
    space: ClassVar = {
        "step": ("log", 0.01, 0.9),
        "decay": ("choice", 0.9, 0.97, 0.99, 0.997, 0.999, 0.9997),
    }

    step: float = 0.25  # share of the stable step
    decay: float = 0.99  # share of the mean that is kept in a step

    def __post_init__(self):
        check(self.step)
        _averages.EMA(self.decay)

    def solve(self, oracle, rng):
        yield from descend(oracle, rng, step=self.step, average=_averages.EMA(self.decay))
