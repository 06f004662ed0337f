"""What the solvers of sampled gradients share: batches, and the constants of their means.

Batches of size B are drawn with replacement, so that a mean gradient has

    L_B = L_max / B + (1 - 1/B) L,    rho_B = rho / B + 1 - 1/B.

A batch of 0 stands for the full gradient, where they are L and 1.
"""

from collections.abc import Callable, Iterator

import numpy as np

_DRAWN_AT_ONCE = 1 << 14  # indices; one by one, drawing would take as long as a step
_SLICE = 32  # components that are looked at between two answers
_MOST_ANSWERS = 1000  # of a short run, which shows every one of its steps


def check(batch: int) -> None:
    """Refuse what is no size of a batch.

    Raises:
        ValueError: with what was expected.
    """
    if batch < 0 or batch != int(batch):
        raise ValueError(f"batch = {batch}; expected a number of components, or 0 for all")


def cost(oracle, batch: int) -> int:
    """Calls of a step."""
    return batch or oracle.n


def smoothness(oracle, batch: int) -> float:
    """L_B: E|g|^2 <= 2 L_B (f - f*) where the targets can all be met."""
    if not batch:
        return oracle.smoothness
    return oracle.component_smoothness / batch + (1 - 1 / batch) * oracle.smoothness


def growth(oracle, batch: int) -> float:
    """rho_B: E|g|^2 <= rho_B |grad f|^2 where the targets can all be met."""
    return oracle.growth / batch + 1 - 1 / batch if batch else 1.0


def gradients(oracle, rng: np.random.Generator, batch: int) -> Callable[[np.ndarray], np.ndarray]:
    """A function that gives another sampled gradient at each call, or the full one."""
    if not batch:
        return oracle.gradient
    drawn = batches(rng, oracle.n, batch)
    return lambda x: oracle.stochastic_gradient(x, next(drawn))


def batches(rng: np.random.Generator, n: int, batch: int) -> Iterator[np.ndarray]:
    """Index sets of that size, uniform with replacement, without end."""
    while True:
        yield from rng.integers(n, size=(max(1, _DRAWN_AT_ONCE // batch), batch))


def every(oracle, batch: int) -> int:
    """Steps between two answers, so that yielding costs little of a run."""
    calls = cost(oracle, batch)
    return max(1, min(_SLICE // calls, oracle.calls // calls // _MOST_ANSWERS))
