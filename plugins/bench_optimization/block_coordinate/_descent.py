"""The loop that all block methods share: choose a block, move it, until the point is at rest."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from bench_optimization.block_coordinate._model import Array
from bench_optimization.block_coordinate._state import State

_ROUNDS_AT_REST = 2  # without a move, after which rounding leaves nothing to do


def descend(
    state: State,
    choose: Callable[[], Array],
    move: Callable[[Array], None],
    rounds: int,
    updates: int,
    tolerance: float,
) -> Iterator[Array]:
    """Yield the start, and the point after each block.

    Args:
        choose: gives the next block. move: changes the state. rounds: blocks in a round; after
            each round it is looked whether the point is optimal.
        updates: so many blocks at most. tolerance: of the conditions of optimality, relative to
            how far the start was from meeting them.
    """
    yield state.x
    goal = tolerance * state.unrest()
    idle = 0
    every = max(1, min(rounds, 50))
    for number in range(1, updates + 1):
        block = choose()
        before = state.x[block]
        move(block)
        yield state.x
        idle = idle + 1 if np.array_equal(before, state.x[block]) else 0
        if idle >= _ROUNDS_AT_REST * rounds:
            return
        if number % every == 0 and state.unrest() <= goal:
            return


def checked(tolerance: float, **counts: int) -> None:
    """Refuse parameters that make no sense.

    Raises:
        ValueError: which one, and what was expected.
    """
    for name, value in counts.items():
        if not value >= 1:
            raise ValueError(f"{name} = {value}; expected at least 1")
    if not tolerance >= 0 or not math.isfinite(tolerance):
        raise ValueError(f"tolerance = {tolerance}; expected a finite number from 0 on")


def one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse a choice that is none.

    Raises:
        ValueError: with those that there are.
    """
    if value not in known:
        raise ValueError(f"{name} = {value!r}; expected one of {', '.join(known)}")
