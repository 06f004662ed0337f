"""OUEMA: a fading mean of iterates from which the start is taken away.

    x_t = (w_t - c_t w_0) / (1 - c_t) with c_t = (1 + t)^-eta,    m <- a m + (1 - a) x_t,

as if the iterate forgot its start like c_t.

A step costs O(d), the memory is 2 O(d) more.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _averages
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class OUEMA(Solver):
    """Constant steps, and a fading mean of corrected iterates."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {
        "step": ("log", 0.01, 0.9),
        "decay": ("choice", 0.9, 0.97, 0.99, 0.997, 0.999),
        "eta": ("linear", 0.1, 1.0),
    }

    step: float = 0.25  # share of the stable step
    decay: float = 0.99  # share of the mean that is kept in a step
    eta: float = 0.2  # how fast the correction fades

    def __post_init__(self):
        check(self.step)
        _averages.OUEMA(self.decay, self.eta)

    def solve(self, oracle, rng):
        yield from descend(
            oracle, rng, step=self.step, average=_averages.OUEMA(self.decay, self.eta)
        )
