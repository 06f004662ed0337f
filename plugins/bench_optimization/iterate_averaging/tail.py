"""Tail average: the mean of the last part of the iterates.

Without the first steps, its bias falls as fast as the iterate's, and its noise is twice that of
the mean of all for a half.

A step costs O(d), the memory is O(d) more: the horizon is known, so no window is kept.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _averages
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class Tail(Solver):
    """Constant steps, and the mean of the last iterates."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 0.9), "share": ("linear", 0.05, 1.0)}

    step: float = 0.25  # share of the stable step
    share: float = 0.5  # of the iterates that count

    def __post_init__(self):
        check(self.step)
        if not 0 < self.share <= 1:
            raise ValueError(f"share = {self.share}; expected a number above 0, at most 1")

    def solve(self, oracle, rng):
        average = _Late(oracle.calls - max(1, round(self.share * oracle.calls)))
        yield from descend(oracle, rng, step=self.step, average=average)


class _Late(_averages.Polyak):
    """The mean of what comes after some steps; the iterate until then."""

    def __init__(self, skipped):
        self._skipped = skipped

    def update(self, parameters):
        if self._skipped:
            self._skipped -= 1
            _averages.copy(self._means, parameters)
        else:
            super().update(parameters)
