"""What the stochastic solvers of this board share: batches, their smoothness, how often to
yield."""

from collections.abc import Iterator

import numpy as np


def batches(n: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Indices of components, int64, without end; each epoch goes through all in a new order.

    The last batch of an epoch is what is left, so that no component is twice in one.
    """
    while True:
        order = rng.permutation(n)
        for first in range(0, n, size):
            yield order[first : first + size]


def independent(n: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Batches each drawn anew from all components, none twice in one, without end.

    Those of SAG and SAGA: with shuffled epochs every slope is renewed just when it is oldest. On
    the digits, 20 passes then bring SAG to 4e-4 of the gap instead of below 1e-10.
    """
    size = min(size, n)
    while size * size > n:  # drawing with replacement would give too many that have one twice
        yield rng.permutation(n)[:size]
    while True:
        block = rng.integers(n, size=(1024, size))
        ordered = np.sort(block, axis=1)
        twice = (ordered[:, 1:] == ordered[:, :-1]).any(axis=1)
        yield from block[~twice]


def smoothness_of(oracle, size: int) -> float:
    """The smoothness by which steps with batches are chosen, between that of f and of a component.

    For `size` of n components drawn without replacement it is the share n (size - 1) of L(f) to
    n - size of the largest L of a component, over size (n - 1) (Gower, Loizou, Qian, Sailanbayev,
    Shulgin and Richtarik, "SGD: General Analysis and Improved Rates", 2019).
    """
    n, size = oracle.n, min(size, oracle.n)
    if n == 1:
        return oracle.full_smoothness
    of_all, of_one = n * (size - 1), n - size
    weighted = of_all * oracle.full_smoothness + of_one * oracle.smoothness
    return weighted / (size * (n - 1))


def pause(size: int) -> int:
    """Steps from one answer to the next: a step takes some 10 microseconds, an answer about 3."""
    return max(1, 32 // size)
