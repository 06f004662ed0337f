"""What methods that sample share: the Lipschitz constant of a mini-batch, draws, coins."""

import math

import numpy as np


def batch_lipschitz(oracle, batch: int) -> float:
    """The average Lipschitz constant of the mean of `batch` components, drawn with replacement.

    E|F_S(d)|^2 = (1 - 1/b)|F(d)|^2 + (1/b) mean |F_i(d)|^2, where d stands for a difference: from
    the constant of a component it falls to that of F.
    """
    ours, full = oracle.average_lipschitz, oracle.lipschitz
    return math.sqrt(((batch - 1) * full**2 + ours**2) / batch)


def draws(rng: np.random.Generator, n: int, batch: int, at_once: int = 4096):
    """Mini-batches with replacement, without end; drawn many at once, as a draw costs a step."""
    while True:
        yield from rng.integers(n, size=(at_once, batch))


def coins(rng: np.random.Generator, share: float, at_once: int = 4096):
    """Booleans without end, of which that share is true."""
    while True:
        yield from (rng.random(at_once) < share).tolist()


def check_batch(batch: int, least: int) -> None:
    """Refuse what is no number of components, from `least` on.

    Raises:
        ValueError: what it is and what was expected.
    """
    if isinstance(batch, bool) or batch != int(batch) or batch < least:
        raise ValueError(f"batch = {batch}; expected a whole number, {least} or above")
