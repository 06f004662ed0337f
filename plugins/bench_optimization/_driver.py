"""The loop that trains: mini-batches, an update rule, a schedule, and an average of the points.

Each epoch goes through all components once, in a new random order, in batches; the last batch of
an epoch is what is left. The number of steps is what `oracle.calls` pays for, so that a schedule
ends where the budget does.
"""

from collections.abc import Iterator

import numpy as np

from bench_optimization import _schedules
from bench_optimization._averages import Average
from bench_optimization._checks import above_zero
from bench_optimization._rules.base import Rule


def train(
    oracle,
    rng: np.random.Generator,
    rule: Rule,
    *,
    learning_rate: float,
    batch: int,
    schedule: str = "constant",
    warmup: float = 0.0,
    average: Average | None = None,
) -> Iterator[np.ndarray | list[np.ndarray]]:
    """Yield the start, and the point (or the average's) after each step, the same arrays each time.

    Args:
        oracle: has `start` (an array or a list of them), `n`, `calls`, `gradient(x)`, which costs
            n, and `stochastic_gradient(x, indices)`, which costs one per index.
        learning_rate: the peak, by which the schedule's factors are multiplied.
        batch: components of a step, at most n; 0 takes full gradients.
        schedule: one of `_schedules.NAMES`. warmup: the share of the steps in which it rises.
        average: what is yielded instead of the last point.
    """
    check(learning_rate, batch, schedule, warmup)
    batch = int(batch)
    alone = isinstance(oracle.start, np.ndarray)
    point = [np.array(array, order="C") for array in ([oracle.start] if alone else oracle.start)]
    argument = point[0] if alone else point
    rule.start(point)
    if average is not None:
        average.start(point)
    yield argument
    steps = steps_of(oracle.calls, oracle.n, batch)
    rates = learning_rate * _schedules.factors(schedule, steps, warmup)
    for rate, indices in zip(rates, batches(oracle.n, batch, rng), strict=False):
        if indices is None:
            gradient = oracle.gradient(argument)
        else:
            gradient = oracle.stochastic_gradient(argument, indices)
        rule.step(point, [gradient] if alone else gradient, float(rate))
        shown = rule.answer(point)
        if average is not None:
            average.update(shown)
            shown = average.value()
        yield shown[0] if alone else shown


def check(
    learning_rate: float, batch: int, schedule: str = "constant", warmup: float = 0.0
) -> None:
    """Refuse settings that make no run; also for the `__post_init__` of solvers.

    Raises:
        ValueError: with what is wrong and what was expected.
    """
    above_zero({"learning_rate": learning_rate})
    if not (batch >= 0 and batch % 1 == 0):
        raise ValueError(f"batch = {batch}; expected a number of components, or 0 for all")
    _schedules.check(schedule, warmup)


def steps_of(calls: int, n: int, batch: int) -> int:
    """How many steps so many calls pay for."""
    if batch == 0 or batch >= n:
        return calls // n
    epochs, rest = divmod(calls, n)
    return epochs * -(-n // batch) + rest // batch


def batches(n: int, batch: int, rng: np.random.Generator) -> Iterator[np.ndarray | None]:
    """Indices, each once in an epoch, whose last batch is what is left; None for all; no end."""
    while batch == 0 or batch >= n:
        yield None
    while True:
        order = rng.permutation(n)
        for first in range(0, n, batch):
            yield order[first : first + batch]
