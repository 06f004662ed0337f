"""An EMA at another batch size: the decay a of batches of 1 becomes a^kappa for those of kappa.

With the step scaled by kappa too, one update on kappa samples does what kappa updates did, up to
their first order: on points that stand still, kappa updates of the average keep a^kappa of it.
Rivals are the linear rule 1 - kappa (1 - a), which agrees where kappa (1 - a) is small and is below
0 from 1/(1 - a) on, and a decay that is left alone, by which the average looks kappa times as far
back.

A sample costs O(d), the memory is O(d) more.

Departs from the paper: samples that make no whole batch at the end of the stream are left over.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization import _averages
from bench_optimization.iterate_averaging._descent import check, descend
from harness.api import Solver

_RULES = ("power", "linear", "unchanged")


@dataclass(frozen=True)
class ScaledEMA(Solver):
    """Batches of kappa samples, steps kappa times as long, and a fading mean to match."""

    problem = "iterate_averaging"
    role = "paper"
    papers = ("scale-your-ema",)
    space: ClassVar = {
        "step": ("log", 0.001, 0.1),
        "decay": ("choice", 0.9, 0.97, 0.99, 0.997, 0.999),
        "kappa": ("choice", 2, 4, 8, 16, 32),
    }

    step: float = 0.03  # at batches of 1, as a share of the stable step there
    decay: float = 0.99  # at batches of 1
    kappa: int = 8  # samples of a step
    rule: str = "power"  # power, linear or unchanged: what becomes of the decay

    def __post_init__(self):
        check(self.step)
        if self.rule not in _RULES:
            raise ValueError(f"rule = {self.rule!r}; expected one of {', '.join(_RULES)}")
        if self.kappa < 1 or self.kappa != int(self.kappa):
            raise ValueError(f"kappa = {self.kappa}; expected a number of samples, at least 1")
        _averages.EMA(self._decay())

    def solve(self, oracle, rng):
        # The same step per sample: the shared loop counts in units of the batch's own stable step.
        share = self.step * self.kappa * oracle.stable_step() / oracle.stable_step(self.kappa)
        average = _averages.EMA(self._decay())
        yield from descend(oracle, rng, step=share, average=average, batch=self.kappa)

    def _decay(self):
        if self.rule == "power":
            return _averages.scaled_decay(self.decay, self.kappa)
        if self.rule == "linear":
            return max(0.0, 1 - self.kappa * (1 - self.decay))
        return self.decay
