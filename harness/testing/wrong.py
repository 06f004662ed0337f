"""Answers that are wrong, or odd: what a problem's score() must meet in good order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

# What is no answer to any problem.
WRONG: tuple[Any, ...] = (None, {"nonsense": None})

# What may be an answer somewhere.
ODD: tuple[Any, ...] = (
    "no answer",
    b"bytes",
    True,
    -1,
    2**70,
    1.5,
    float("nan"),
    float("inf"),
    1j,
    [],
    (),
    {},
    [[1], [1, 2]],
    np.zeros(0),
    np.zeros((2, 2)),
    np.array(3),
    np.full(3, np.nan),
    np.array([True]),
)


def spoiled(answer: Any) -> Iterator[Any]:
    """A right answer made wrong in ways in which solvers get it wrong; some may still be right."""
    if isinstance(answer, np.ndarray):
        yield from _spoiled_array(answer)
    elif isinstance(answer, list | tuple):
        kind = type(answer)
        yield from (kind([*answer, *answer]), answer[:-1], kind([None, *answer[1:]]), [answer])
        if answer:
            yield from (kind([wrong, *answer[1:]]) for wrong in spoiled(answer[0]))
    elif isinstance(answer, dict):
        for name in answer:
            yield {other: value for other, value in answer.items() if other != name}
            yield {**answer, name: None}
    elif isinstance(answer, int | float):
        yield from (-1, 1 << 62, answer + 0.5, float("nan"), float("-inf"))
        yield from (str(answer), [answer], complex(answer))


def holed(answer: Any) -> Iterator[Any]:
    """A right answer with one of its floats replaced by what is no number, wherever it stands."""
    if isinstance(answer, np.ndarray) and answer.dtype.kind in "fc" and answer.size:
        for place in dict.fromkeys((0, answer.size // 2, answer.size - 1)):
            hole = answer.copy()
            hole.flat[place] = np.nan
            yield hole
    elif isinstance(answer, list | tuple):
        for i in dict.fromkeys((0, len(answer) // 2, len(answer) - 1)) if answer else ():
            yield from (type(answer)([*answer[:i], h, *answer[i + 1 :]]) for h in holed(answer[i]))
    elif isinstance(answer, dict):
        for name, value in answer.items():
            yield from ({**answer, name: hole} for hole in holed(value))
    elif isinstance(answer, float):
        yield math.nan


def _spoiled_array(answer: np.ndarray) -> Iterator[Any]:
    flat = answer.ravel()
    yield from (answer[None], np.concatenate([flat, flat]), flat[:-1], flat.tolist())
    yield from (np.full(answer.shape, np.nan), answer.astype(np.complex128))
    yield from holed(answer)
    if answer.dtype.kind in "iu":
        yield from (np.full(answer.shape, value, np.int64) for value in (-1, 10**6, 1 << 62))
        yield answer.astype(np.float64) + 0.5
