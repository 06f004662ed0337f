"""What is no text with a pattern, and what is no right answer to one."""

import numpy as np

from bench_text.hamming_distances._digests import Digests, running
from bench_text.hamming_distances._letters import window_distance
from harness.api import Instance, InvalidAnswer, InvalidCase

_MOST = 2**31 - 1  # the largest letter, and the longest text


def letters_of(values: object, what: str) -> np.ndarray:
    """Letters that a case gives, int64.

    Raises:
        InvalidCase: where they are no letters, or none at all.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise InvalidCase(
            f"the {what} has {array.ndim} dimensions, expected one: give a one-dimensional array"
        )
    if array.dtype.kind not in "iu":
        raise InvalidCase(
            f"the {what} has dtype {array.dtype}, expected whole numbers: number its letters from "
            "0 on"
        )
    if not len(array):
        raise InvalidCase(f"the {what} is empty, expected at least one letter: give a longer one")
    if len(array) > _MOST:
        raise InvalidCase(
            f"the {what} has {len(array)} letters, expected at most {_MOST}: cut it in parts"
        )
    for bad, told in ((array < 0, "negative"), (array > _MOST, f"above {_MOST}")):
        if bad.any():
            place = int(bad.argmax())
            raise InvalidCase(
                f"the {what} has {np.count_nonzero(bad)} letters that are {told} (the first, "
                f"{array[place]}, at place {place}); expected 0..{_MOST}: number the letters anew"
            )
    return array.astype(np.int64)


def check_lengths(n: int, m: int) -> None:
    """
    Raises:
        InvalidCase: where no pattern of m letters lies in a text of n.
    """
    if n < 1:
        raise InvalidCase(f"the text has n = {n} letters, expected at least 1: give a longer one")
    if m < 1:
        raise InvalidCase(
            f"the pattern has m = {m} letters, expected at least 1: give a longer one"
        )
    if m > n:
        raise InvalidCase(
            f"the pattern is longer than the text, m = {m} and n = {n}; expected m <= n: shorten "
            "the pattern, or exchange the two"
        )
    if n > _MOST:
        raise InvalidCase(
            f"the text has n = {n} letters, expected at most {_MOST}: cut it in parts"
        )


def distances_of(answer: object, instance: Instance, most: int | None = None) -> np.ndarray:
    """An answer as int32[n - m + 1], each 0..most (m, unless it is said).

    Raises:
        InvalidAnswer: where it is none.
    """
    n, m = len(instance.data["text"]), len(instance.data["pattern"])
    wanted = f"expected an int32 array of the {n - m + 1} distances"
    if type(answer) is not np.ndarray:  # of a masked array nothing differs
        told = "None" if answer is None else f"of type {type(answer).__name__}"
        raise InvalidAnswer(f"the answer is {told}, {wanted}")
    if answer.dtype != np.int32:
        raise InvalidAnswer(f"the answer has dtype {answer.dtype}, {wanted}")
    if answer.shape != (n - m + 1,):
        raise InvalidAnswer(f"the answer has the shape {answer.shape}, {wanted}")
    most = m if most is None else most
    outside = (answer < 0) | (answer > most)
    if outside.any():
        i = int(outside.argmax())
        raise InvalidAnswer(f"the distance of window {i} is {answer[i]}, expected 0..{most}")
    return answer


def refuse_wrong(distances: np.ndarray, instance: Instance) -> None:
    """Hold all distances against the digests of the right ones, and some against the text.

    Raises:
        InvalidAnswer: where one is wrong, which it names.
    """
    text, pattern = instance.data["text"], instance.data["pattern"]
    truth = instance.truth
    for i in truth["windows"]:
        if distances[i] != window_distance(text, pattern, i):
            raise InvalidAnswer(_sentence(distances, instance, int(i)))
    for x, digest in zip(truth["points"], truth["digests"], strict=True):
        sums = running(distances, int(x))
        if sums[-1] != digest:
            raise InvalidAnswer(
                _sentence(distances, instance, _a_wrong_one(sums, instance, int(x)))
            )


def _a_wrong_one(sums: np.ndarray, instance: Instance, x: int) -> int:
    """A window whose distance is wrong, given running sums whose last is wrong."""
    digests = Digests(instance.data["text"], instance.data["pattern"])
    right, wrong = 0, len(sums)  # how many first windows are right, and are not
    while wrong - right > 1:
        middle = (right + wrong) // 2
        if sums[middle - 1] == digests.of_windows(middle, x):
            right = middle
        else:
            wrong = middle
    return right


def _sentence(distances: np.ndarray, instance: Instance, i: int) -> str:
    right = window_distance(instance.data["text"], instance.data["pattern"], i)
    return window_sentence(instance, i, int(distances[i]), right)


def window_sentence(instance: Instance, i: int, told: float, expected: int) -> str:
    """Which window is wrong, what was told of it and what was expected."""
    m = len(instance.data["pattern"])
    true = window_distance(instance.data["text"], instance.data["pattern"], i)
    return (
        f"the distance of window {i} is {told}, expected {expected}: text[{i}:{i + m}] differs "
        f"from the pattern in {true} of {m} letters"
    )
