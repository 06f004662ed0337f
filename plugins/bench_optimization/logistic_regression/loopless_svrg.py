"""Loopless SVRG: SVRG whose anchor moves with a small probability in every step.

w <- w - rate (f_B'(w) - f_B'(u) + f'(u)), and then with probability batch/n the anchor u becomes w,
for a pass. There is no inner loop whose length would have to be chosen from the condition. A
component in a step costs two gradients, so that moving the anchor costs a third of the whole.

Departs from the paper (Kovalev, Horvath and Richtarik, "Don't jump through hoops and remove those
loops", 2020): batches, from shuffled epochs; the rate is a multiple of 1/L of a batch.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._checks import above_zero
from bench_optimization._components import check_whole
from bench_optimization.logistic_regression._batches import batches, pause, smoothness_of
from harness.api import Solver


@dataclass(frozen=True)
class LooplessSVRG(Solver):
    """SVRG with a random anchor."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {"step": ("log", 0.05, 5.0), "batch": ("log integer", 1, 256)}

    step: float = 1.0  # in units of 1/L of a batch; theory's 1/6 is slower on `tuning`
    batch: int = 16  # components of a step

    def __post_init__(self):
        above_zero({"step": self.step})
        check_whole({"batch": self.batch}, 1)

    def solve(self, oracle, rng):
        rate = self.step / smoothness_of(oracle, self.batch)
        chance, every = min(1.0, self.batch / oracle.n), pause(self.batch)
        x = oracle.start
        yield x
        anchor, known = x.copy(), oracle.gradient(x)
        for step, indices in enumerate(batches(oracle.n, self.batch, rng), 1):
            v = oracle.stochastic_gradient(x, indices)
            v -= oracle.stochastic_gradient(anchor, indices)
            v += known
            x -= rate * v
            if step % every == 0:
                yield x
            if rng.random() < chance:
                yield x
                anchor[:] = x
                known = oracle.gradient(x)
