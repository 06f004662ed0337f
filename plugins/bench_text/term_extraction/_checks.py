"""What makes no case of term extraction, and what is no answer to one."""

import numpy as np

from bench_text.term_extraction._candidates import LARGEST_VOCABULARY
from harness.api import Case, InvalidAnswer, InvalidCase

JUDGED = ("unchecked", "unconfirmed", "all")
MEASURES = ("precision", "f1")
_MOST_WORDS = 10**8
_LEAST = {
    "documents": 1,
    "length": 1,
    "background": 1,
    "domain": 1,
    "topics": 1,
    "terms": 1,
    "candidates": 1,
    "checked": 0,
    "dimensions": 1,
}


def check(case: Case) -> None:
    """Refuse parameters that make no corpus.

    Raises:
        InvalidCase: what is wrong, what was expected, what to do.
    """
    given = case.parameters
    for name, least in _LEAST.items():
        if name in given and given[name] < least:
            raise InvalidCase(
                f"{name} is {given[name]}, expected at least {least}: choose a larger {name}"
            )
    for name in ("share", "mixed", "general"):
        if name in given and not 0 <= given[name] <= 1:
            raise InvalidCase(
                f"{name} is {given[name]}, expected a share from 0 to 1: write {name}=0.25, say"
            )
    if case.topics > case.domain:
        raise InvalidCase(
            f"there are {case.topics} topics for {case.domain} words of the domain, expected a "
            "word for each topic: choose fewer topics"
        )
    words = given.get("background", 0) + case.domain
    if words > LARGEST_VOCABULARY // 2:
        raise InvalidCase(
            f"{words} words were asked for, expected at most {LARGEST_VOCABULARY // 2}: choose "
            "a smaller background or domain"
        )
    if given.get("documents", 1) * case.length > _MOST_WORDS:
        raise InvalidCase(
            f"{given['documents']} documents of {case.length} words are more than {_MOST_WORDS} "
            "words: choose fewer documents, or shorter ones"
        )
    if case.judged not in JUDGED:
        raise InvalidCase(
            f"judged is {case.judged!r}, expected one of {', '.join(JUDGED)}: which candidates "
            "the precision is taken over"
        )
    if case.measure not in MEASURES:
        raise InvalidCase(
            f"measure is {case.measure!r}, expected one of {', '.join(MEASURES)}: precision at "
            "four K, or F1 at the number of terms"
        )


def scores_of(answer: object, count: int) -> np.ndarray:
    """An answer as an array of numbers, one for each candidate.

    Raises:
        InvalidAnswer: where it is none.
    """
    wanted = f"expected a one-dimensional array (or list) of {count} finite scores"
    if not isinstance(answer, np.ndarray | list | tuple):
        raise InvalidAnswer(f"the answer is of type {type(answer).__name__}, {wanted}")
    try:
        scores = np.asarray(answer)
    except ValueError:
        raise InvalidAnswer(f"the answer is a list of lists of unequal length, {wanted}") from None
    if scores.dtype.kind not in "iuf":
        raise InvalidAnswer(f"the answer holds values of dtype {scores.dtype}, {wanted}")
    if scores.ndim != 1:
        raise InvalidAnswer(f"the answer has {scores.ndim} dimensions, {wanted}")
    if len(scores) != count:
        raise InvalidAnswer(f"the answer has {len(scores)} scores, {wanted}")
    bad = ~np.isfinite(scores)
    if bad.any():
        first = int(bad.argmax())
        raise InvalidAnswer(f"the score of candidate {first} is {scores[first]}, {wanted}")
    return scores
