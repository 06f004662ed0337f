"""Post-hoc EMA: an average whose width is chosen after the run, put together from snapshots.

Two averages by power profiles, of widths 0.05 and 0.10, are tracked, and K snapshots of both are
kept. The profile of any other width is close to a combination of the snapshots': least squares in
the space of profiles, whose inner products have a closed form, with weights that sum to 1.

A step costs O(d), the memory is (2 K + 2) O(d), an answer a system of 2K equations.

Departs from the paper: the width is a parameter here, where the paper looks at many on held-out
data.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _profiles
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class PostHocEMA(Solver):
    """Constant steps, and an average of any width from snapshots."""

    problem = "iterate_averaging"
    role = "paper"
    papers = ("analyzing-improving-training-dynamics-diffusion",)
    space: ClassVar = {"step": ("log", 0.01, 0.9), "width": ("linear", 0.03, 0.28)}

    step: float = 0.25  # share of the stable step
    width: float = 0.15  # share of the run
    snapshots: int = 16  # of each of the two averages

    def __post_init__(self):
        check(self.step)
        _profiles.PostHoc(self.width)
        if self.snapshots < 2:
            raise ValueError(f"snapshots = {self.snapshots}; expected at least 2")

    def solve(self, oracle, rng):
        every = max(1, oracle.calls // self.snapshots)
        average = _profiles.PostHoc(self.width, every)
        yield from descend(oracle, rng, step=self.step, average=average)
