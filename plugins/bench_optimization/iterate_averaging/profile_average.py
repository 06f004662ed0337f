"""Average by a power profile: iterates 1..t weigh like s^gamma.

m <- (1 - b_t) m + b_t w with b_t = 1 - (1 - 1/t)^(gamma + 1). Its width, a share of the run, is the
profile's standard deviation over t, at most 0.2887, the plain mean. This is the average that
`posthoc_ema` puts together from snapshots.

A step costs O(d), the memory is O(d) more.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _profiles
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class ProfileAverage(Solver):
    """Constant steps, and an average whose width is a share of the run."""

    problem = "iterate_averaging"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.01, 0.9), "width": ("linear", 0.02, 0.28)}

    step: float = 0.25  # share of the stable step
    width: float = 0.1  # share of the run

    def __post_init__(self):
        check(self.step)
        _profiles.gamma_of(self.width)

    def solve(self, oracle, rng):
        yield from descend(oracle, rng, step=self.step, average=_profiles.Power(self.width))
