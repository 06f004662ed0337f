"""Adam: RMSprop with momentum, both corrected for having begun at 0.

w <- w - rate m / (sqrt(v) + eps), with m and v decaying means of g and g^2. The schedule takes the
rate to 0. Batches from shuffled epochs; a component costs one gradient.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._driver import check, train
from bench_optimization._rules.adam import Adam
from harness.api import Solver


@dataclass(frozen=True)
class AdamSolver(Solver):
    """Momentum and rates by recent gradients."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {
        "learning_rate": ("log", 1e-4, 1.0),
        "batch": ("log integer", 1, 256),
    }

    learning_rate: float = 0.03  # the best of 0.001 (the authors') to 0.3 on the suite `tuning`
    batch: int = 16  # components of a step; 0 is all of them
    schedule: str = "linear"  # of the rate, to 0 when the calls are spent

    def __post_init__(self):
        check(self.learning_rate, self.batch, self.schedule)

    def solve(self, oracle, rng):
        yield from train(
            oracle,
            rng,
            Adam(),
            learning_rate=self.learning_rate,
            batch=self.batch,
            schedule=self.schedule,
        )
