"""BEMA: an average, and what it lags behind made good by the way travelled.

    b_t = (rho + gamma t)^-kappa,    a_t = (rho + gamma t)^-eta,
    m <- (1 - b_t) m + b_t w,        the estimate is m + a_t (w - w_0).

For a process dw = A (w* - w) dt + noise, with A = 1 and kappa = eta = 1, it is the likeliest w*. It
is ahead while the iterate still travels. Later the correction stays as an overshoot of
a_t (w* - w_0), which at the default eta = 0.2 falls very slowly.

A step costs O(d), the memory is 3 O(d) more.

Departs from the paper: takes in every iterate (`every`), where the paper's default is every 400th.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _averages
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver


@dataclass(frozen=True)
class BEMA(Solver):
    """Bias-corrected exponential moving average."""

    problem = "iterate_averaging"
    role = "paper"
    papers = ("ema-without-the-lag",)
    space: ClassVar = {
        "step": ("log", 0.01, 0.9),
        "kappa": ("linear", 0.2, 1.0),
        "eta": ("linear", 0.1, 1.0),
    }

    step: float = 0.25  # share of the stable step
    kappa: float = 0.5  # how fast the mean's window grows
    eta: float = 0.2  # how fast the correction fades
    rho: float = 10.0  # steps; lag at the start
    gamma: float = 1.0  # share of the clock
    every: int = 1  # steps between those that count

    def __post_init__(self):
        check(self.step)
        _averages.BEMA(self.kappa, self.eta, self.rho, self.gamma, every=self.every)

    def solve(self, oracle, rng):
        yield from descend(
            oracle,
            rng,
            step=self.step,
            average=_averages.BEMA(
                kappa=self.kappa, eta=self.eta, rho=self.rho, gamma=self.gamma, every=self.every
            ),
        )
