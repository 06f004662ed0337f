"""The loop of the batch methods: a direction from all samples, until all are on the right side."""

from collections.abc import Callable, Iterator

import numpy as np


def descend(oracle, loss: str, length: Callable[[int, np.ndarray], float]) -> Iterator[np.ndarray]:
    """Yield 0, and the point after each step theta <- theta + length * (sum of p z).

    Args:
        loss: that of the oracle's directions.
        length: called with the number of the step, from 0, and the margins before it. Where it is 0
            or not finite, or the point does not move, the run ends: nothing further would come.
    """
    theta, step = oracle.start, 0
    yield theta
    while True:
        direction, margins = oracle.gradient(theta, loss)
        if margins.min() > 0:
            return
        following = theta + length(step, margins) * direction
        if not np.isfinite(following).all() or (following == theta).all():
            return
        theta = following
        yield theta
        step += 1
