"""What all solvers of the board share: batches, a schedule, an average, and the loop.

All of them have the same defaults: batches of 64, linear warm-up over the first 5 % of the steps,
then a linear decay to zero; only Ranger21 brings its own schedule, and D2Z warms up for longer.
`learning_rate` is the peak. A decay to zero suits nearly every rule when the number of steps is
known, as it is here, and so it favours none.

Learning rates were chosen on cases like those of the suite `tuning`, from a grid with three points
a decade and with one seed: the one that leaves, on average over the cases, the least of the way
from the start's loss to the best that any of them found. The runs are short, and rates are high.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench_optimization import _averages, _driver
from bench_optimization._rules.base import Rule
from harness.api import Solver

AVERAGES: dict[str, Callable[[], _averages.Average | None]] = {
    "none": lambda: None,
    "ema": lambda: _averages.EMA(0.99),
    "bema": _averages.BEMA,
    "polyak": _averages.Polyak,
    "tail": _averages.Tail,
}


@dataclass(frozen=True)
class Trained(Solver):
    """A rule, trained by the common loop."""

    learning_rate: float = 1e-3  # the peak
    batch: int = 64  # samples of a step; 0: all
    schedule: str = "linear"  # or constant, linear_10, cosine, cosine_10, wsd, step, inverse_sqrt
    warmup: float = 0.05  # of the steps
    average: str = "none"  # or ema (decay 0.99), bema, polyak, tail (100 steps): what is answered

    def __post_init__(self) -> None:
        _driver.check(self.learning_rate, self.batch, self.schedule, self.warmup)
        if self.average not in AVERAGES:
            raise ValueError(f"average = {self.average!r}; expected one of {', '.join(AVERAGES)}")
        self.rule(1, ["head.weight"])  # which refuses parameters out of range

    def rule(self, steps: int, names: list[str]) -> Rule:
        """The update rule of a run of so many steps; `names` are those of the parameters."""
        raise NotImplementedError(f"{type(self).__name__} must define rule(self, steps, names)")

    def solve(self, oracle: Any, rng: np.random.Generator) -> Iterator[list[np.ndarray]]:
        steps = _driver.steps_of(oracle.calls, oracle.n, self.batch)
        yield from _driver.train(
            oracle,
            rng,
            self.rule(steps, list(oracle.names)),
            learning_rate=self.learning_rate,
            batch=self.batch,
            schedule=self.schedule,
            warmup=self.warmup,
            average=AVERAGES[self.average](),
        )


def hidden(names: Sequence[str]) -> list[int]:
    """The places of the weights that are neither embeddings nor positions nor the head."""
    return [
        place
        for place, name in enumerate(names)
        if name.endswith("weight") and not name.startswith(("embedding", "position", "head"))
    ]
