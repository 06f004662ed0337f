"""How the harness's own figures are taken in turn and printed."""

import time
from collections.abc import Callable

import numpy as np


def report(what: str, figure: str, wanted: str) -> None:
    print(f"{what:<64} {figure:>34}   {wanted}", flush=True)


def in_turn(first: Callable[[], object], second: Callable[[], object], rounds: int) -> np.ndarray:
    """Seconds of both, taken in turn: an array of shape (rounds, 2)."""
    taken = np.empty((rounds, 2))
    for number in range(rounds):
        for which, work in enumerate((first, second)):
            start = time.perf_counter()
            work()
            taken[number, which] = time.perf_counter() - start
    return taken


def ratio(taken: np.ndarray) -> str:
    """Ratio of the medians second / first, with a 95 % bootstrap interval over rounds."""
    rng = np.random.default_rng(0)
    picks = rng.integers(len(taken), size=(2000, len(taken)))
    draws = np.median(taken[picks], axis=1)
    low, high = np.quantile(draws[:, 1] / draws[:, 0], [0.025, 0.975])
    middle = np.median(taken, axis=0)
    return f"{middle[1] / middle[0]:.3g} ({low:.3g} to {high:.3g})"
