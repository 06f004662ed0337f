"""The loop that all solvers share: one pass of stochastic gradients, with a schedule or an average.

Steps are in units of the largest stable one, which the stream knows. The seed chooses the stream
before anything else is drawn, so that all solvers see the same samples.
"""

from collections.abc import Iterator

import numpy as np

from bench_optimization import _schedules
from bench_optimization._averages import Average

_ANSWERS = 100  # of a run


def check(step: float, schedule: str = "constant", warmup: float = 0.0) -> None:
    """Refuse settings that make no run.

    Raises:
        ValueError: with what is wrong and what was expected.
    """
    if not 0 < step < 1:
        raise ValueError(f"step = {step}; expected a share of the stable step, between 0 and 1")
    _schedules.check(schedule, warmup)


def descend(
    oracle,
    rng: np.random.Generator,
    *,
    step: float,
    average: Average | None = None,
    schedule: str = "constant",
    warmup: float = 0.0,
    batch: int = 1,
) -> Iterator[np.ndarray]:
    """Yield the start, then the average's value (or the iterate) about a hundred times.

    Args:
        oracle: a stream.
        step: the largest step, as a share of the stable one for batches of that size.
        average: told of each iterate; the iterate itself where there is none.
        schedule, warmup: of `_schedules`.
        batch: samples of a step.
    """
    oracle.follow(int(rng.integers(2**62)))
    point = [oracle.start]
    if average is not None:
        average.start(point)
    yield point[0]
    steps = oracle.calls // batch
    rates = step * oracle.stable_step(batch) * _schedules.factors(schedule, steps, warmup)
    every = max(1, steps // _ANSWERS)
    for number, rate in enumerate(rates.tolist(), 1):
        point[0] -= rate * oracle.gradient(point[0], batch)
        if average is not None:
            average.update(point)
        if number % every == 0 or number == steps:
            yield point[0] if average is None else average.value()[0]
