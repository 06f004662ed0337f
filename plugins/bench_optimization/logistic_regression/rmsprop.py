"""RMSprop: a rate for each coordinate, by the gradients of late.

As AdaGrad, with a decaying mean of g^2 in place of the sum, so that the rate does not fall by
itself: the schedule takes it to 0. Batches from shuffled epochs; a component costs one gradient.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._driver import check, train
from bench_optimization._rules.rmsprop import RMSProp
from harness.api import Solver


@dataclass(frozen=True)
class RMSPropSolver(Solver):
    """Rates by recent gradients."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {
        "learning_rate": ("log", 1e-4, 1.0),
        "batch": ("log integer", 1, 256),
    }

    learning_rate: float = 0.03  # the best of 0.003 to 0.1 on the suite `tuning`
    batch: int = 16  # components of a step; 0 is all of them
    schedule: str = "linear"  # of the rate, to 0 when the calls are spent

    def __post_init__(self):
        check(self.learning_rate, self.batch, self.schedule)

    def solve(self, oracle, rng):
        yield from train(
            oracle,
            rng,
            RMSProp(),
            learning_rate=self.learning_rate,
            batch=self.batch,
            schedule=self.schedule,
        )
