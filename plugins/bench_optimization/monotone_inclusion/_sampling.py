"""What methods that sample share: the Lipschitz constant of a mini-batch, draws and coins."""

import math

import numpy as np


def batch_lipschitz(oracle, batch: int) -> float:
    """The average Lipschitz constant of the mean of `batch` components, drawn with replacement.

    E|F_S(d)|^2 = (1 - 1/b)|F(d)|^2 + (1/b) mean |F_i(d)|^2, where d stands for a difference: from
    the constant of a component it falls to that of F.
    """
    ours, full = oracle.average_lipschitz, oracle.lipschitz
    return math.sqrt(((batch - 1) * full**2 + ours**2) / batch)


def draws(rng: np.random.Generator, n: int, batch: int):
    """Mini-batches with replacement, without end; drawn many at once, as a draw costs a step."""
    rows = max(1, _AT_ONCE // batch)
    while True:
        yield from rng.integers(n, size=(rows, batch))


def coins(rng: np.random.Generator, share: float):
    """Booleans without end, of which that share is true."""
    while True:
        yield from (rng.random(_AT_ONCE) < share).tolist()


_AT_ONCE = 4096  # numbers: large batches are drawn singly, which would fill the memory else
