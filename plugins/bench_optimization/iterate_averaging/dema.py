"""Double exponential moving average: 2 EMA(w) - EMA(EMA(w)).

On a straight path the lag of the first is that of the second behind it, and cancels.

A step costs O(d), the memory is 2 O(d) more.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _averages
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class DEMA(Solver):
    """Constant steps, and a fading mean without lag on a straight path."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {
        "step": ("log", 0.01, 0.9),
        "decay": ("choice", 0.9, 0.97, 0.99, 0.997, 0.999),
    }

    step: float = 0.25  # share of the stable step
    decay: float = 0.99  # share of each mean that is kept in a step

    def __post_init__(self):
        check(self.step)
        _averages.DEMA(self.decay)

    def solve(self, oracle, rng):
        yield from descend(oracle, rng, step=self.step, average=_averages.DEMA(self.decay))
