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
    drawn: bool = False,
) -> Iterator[Array]:
    """Yield the start, and the point after each block.

    Args:
        choose: gives the next block. move: changes the state. rounds: blocks in a round; after
            each round it is looked whether the point is optimal.
        updates: so many blocks at most. tolerance: of the conditions of optimality, relative to
            how far the start was from meeting them.
        drawn: whether blocks are drawn at random: those that rest may come again and again while
            others don't, so that each coordinate has to be seen at rest before that ends the run.
    """
    yield state.x
    goal = tolerance * state.unrest()
    idle, seen = 0, state.model.curvature <= 0
    every = max(1, min(rounds, 50))
    for number in range(1, updates + 1):
        block = choose()
        before = state.x[block]
        move(block)
        yield state.x
        if not np.array_equal(before, state.x[block]):
            if idle and drawn:
                seen = state.model.curvature <= 0
            idle = 0
        else:
            idle += 1
            if drawn:
                seen[block] = True
            if idle >= _ROUNDS_AT_REST * rounds and (not drawn or seen.all()):
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
