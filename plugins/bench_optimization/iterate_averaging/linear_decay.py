"""Linear decay to zero (D2Z): the step rises to its peak, then falls linearly to nothing.

Early steps are long, to forget the start; late ones average the noise out, as each weighs in the
result by its size: the last iterate is as good as an average.

A step costs O(d).

Departs from the paper: zero is reached one step after the last, so that every gradient counts;
plain stochastic gradients, where the paper trains by AdamW.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class LinearDecay(Solver):
    """The last iterate of steps that decay linearly to zero."""

    problem = "iterate_averaging"
    role = "paper"
    papers = ("straight-to-zero",)
    space: ClassVar = {"step": ("log", 0.01, 0.9)}

    step: float = 0.25  # the peak, as a share of the stable step
    warmup: float = 0.1  # share of the steps in which it rises to the peak

    def __post_init__(self):
        check(self.step, "linear", self.warmup)

    def solve(self, oracle, rng):
        yield from descend(oracle, rng, step=self.step, schedule="linear", warmup=self.warmup)
