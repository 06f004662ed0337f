"""Minimisers of scipy, which call back, as generators: run anew for each further iteration.

They draw nothing, so that a run begins like the one before. What that asked the oracle is
remembered, and only the last iteration costs calls. All runs together take the square of the number
of iterations in operations of O(d), which is little beside passes over the data; a thread that
waits would take none of these, but is one more than a run is allowed.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def answers(minimise: Callable[[int, Callable], Any], oracle) -> Iterator[np.ndarray]:
    """Yield the start and the points after 1, 2, ... iterations, until there are no more.

    Args:
        minimise: called with a limit of iterations and `once`, through which it has to ask the
            oracle: `once(method)` is the method, without paying twice for the same point. It
            returns scipy's result.
    """
    yield oracle.start
    known: dict[tuple, Any] = {}

    def once(method: Callable) -> Callable:
        def ask(*points: np.ndarray) -> Any:
            key = method.__name__, *(point.tobytes() for point in points)
            if key not in known:
                known[key] = method(*points)
            return known[key]

        return ask

    limit, done = 1, False
    while not done:
        found = minimise(limit, once)
        done = found.nit < limit
        if not done:
            yield found.x
        limit += 1
