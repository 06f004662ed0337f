"""Mini-batches without end, and what each of them costs."""

from collections.abc import Iterator

import numpy as np


def batches(rng: np.random.Generator, n: int, batch: int) -> Iterator[np.ndarray | None]:
    """Indices, each once in an epoch, whose last batch is what is left; None for all of them."""
    while batch == 0 or batch >= n:
        yield None
    while True:
        order = rng.permutation(n)
        for first in range(0, n, batch):
            yield order[first : first + batch]


def size(n: int, batch: int) -> int:
    """How many components a batch has."""
    return n if batch == 0 else min(batch, n)


def check_batch(batch: int, least: int = 0) -> None:
    """Refuse what is no number of components, from `least` on.

    Raises:
        ValueError: what it is and what was expected.
    """
    if isinstance(batch, bool) or batch != int(batch) or batch < least:
        raise ValueError(f"batch = {batch}; expected a whole number, {least} or above")
