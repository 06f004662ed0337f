"""What an answer has to be before it is looked at: an array of integers."""

import numpy as np

from harness.api import InvalidAnswer


def integers(answer: object, what: str) -> np.ndarray:
    """An answer that is an array of integers; `what` says in words which one.

    Raises:
        InvalidAnswer: where it is none.
    """
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "iu":
        told = f"an array of {answer.dtype}" if isinstance(answer, np.ndarray) else _kind(answer)
        raise InvalidAnswer(f"the answer is {told}, expected an array of integers{what}")
    return answer


def pairs(answer: object) -> np.ndarray:
    """An answer as integers [merges, 2].

    Raises:
        InvalidAnswer: where it is no such array.
    """
    found = integers(answer, " [merges, 2]")
    if found.ndim != 2 or found.shape[1] != 2:
        raise InvalidAnswer(f"the answer has the shape {found.shape}, expected (merges, 2)")
    return found


def _kind(answer: object) -> str:
    return "nothing" if answer is None else f"of type {type(answer).__name__}"
