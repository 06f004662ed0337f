"""AdaGrad: a rate for each coordinate, the lower the more gradient it has seen.

w <- w - rate g / (sqrt(sum of g^2) + eps), by coordinate: rare features go on with long steps,
which is what sparse data need. Here with batches from shuffled epochs. A component costs one
gradient.
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_optimization._driver import check, train
from bench_optimization._rules.adagrad import AdaGrad
from harness.api import Solver


@dataclass(frozen=True)
class AdaGradSolver(Solver):
    """Rates by the gradients so far."""

    problem = "logistic_regression"
    role = "baseline"
    space: ClassVar = {
        "learning_rate": ("log", 1e-4, 1.0),
        "batch": ("log integer", 1, 256),
    }

    learning_rate: float = 0.3  # the best of 0.03 to 1 on the suite `tuning`
    batch: int = 16  # components of a step; 0 is all of them
    schedule: str = "constant"  # its rates fall by themselves

    def __post_init__(self):
        check(self.learning_rate, self.batch, self.schedule)

    def solve(self, oracle, rng):
        yield from train(
            oracle,
            rng,
            AdaGrad(),
            learning_rate=self.learning_rate,
            batch=self.batch,
            schedule=self.schedule,
        )
