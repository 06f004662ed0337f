"""What the kit demands of what a problem says of answers: their normal form, and their items.

A normal form must be plain data, as a digest is taken of it. It need not be an answer itself: a
sorted set usually is one, a canonical text is not. But answers that share a form mean the same, and
so they must cost the same.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness.answers import encode, own
from harness.api import InvalidAnswer
from harness.items import pack
from harness.testing.model import Check, Failed, NotApplicable, register
from harness.testing.subjects import Judged, ProblemSubject, SolverSubject, Spot, same
from harness.testing.wrong import holed

CHECKS: list[Check] = []
_check = functools.partial(register, CHECKS, "problem")

_MOST_ANSWERS = 20  # of one run
_ALIKE = 1e-6  # relative; a sum in another order may cost that much less


@_check(
    since="2026-11-21",
    demand="normal() gives plain data, the same for the same answer, and one form only to answers "
    "that cost the same.",
)
def normal_forms(subject: ProblemSubject) -> str:
    count = 0
    for spot in subject.spots:
        costs: dict[bytes, float] = {}
        for solver, judged in _valid(subject, spot):
            where = f"normal() on {spot.text}, for an answer of {solver.entry.stem},"
            first, second = (
                _form(_told(subject.problem.normal, spot, judged, where), where) for _ in range(2)
            )
            if first != second:
                raise Failed(f"{where} gives two forms of one answer; it must compute, not sample")
            cost = costs.setdefault(first, judged.cost)
            if abs(cost - judged.cost) > _ALIKE * max(abs(cost), abs(judged.cost)):
                raise Failed(
                    f"{where} gives the form of another answer, but one costs {cost:.9g} and the "
                    f"other {judged.cost:.9g}; only answers that mean the same share a form"
                )
            count += 1
    if not count:
        raise _without_answers(subject)
    return f"{count} answers, each brought into its form twice"


@_check(
    since="2026-11-21",
    demand="items() gives booleans, as many for every answer to an instance and the same for the "
    "same answer, or None for all.",
)
def items(subject: ProblemSubject) -> str:
    count = told = 0
    for spot in subject.spots:
        lengths: dict[int | None, str] = {}
        for solver, judged in _valid(subject, spot):
            where = f"items() on {spot.text}, for an answer of {solver.entry.stem},"
            first, second = (
                _right(_told(subject.problem.items, spot, judged, where), where) for _ in range(2)
            )
            if first != second:
                raise Failed(
                    f"{where} tells twice of one answer, and differently; it must compute, not "
                    "sample"
                )
            length = None if first is None else len(first)
            lengths.setdefault(length, solver.entry.stem)
            if len(lengths) > 1:
                (one, who), (other, whom) = lengths.items()
                raise Failed(
                    f"items() on {spot.text} tells {_many(one)} of an answer of {who}, but "
                    f"{_many(other)} of one of {whom}; every answer is told of the same items, in "
                    "one order"
                )
            count += 1
            told += length is not None
    if not count:
        raise _without_answers(subject)
    if not told:
        raise NotApplicable("it has no items")
    return f"{told} answers, each told of twice"


@_check(
    since="2026-11-21",
    demand="score() refuses an answer in which one of the floats is no number (NaN).",
)
def holes(subject: ProblemSubject) -> str:
    count = 0
    for spot in subject.spots:
        for solver, judged in subject.answers(spot):
            for hole in holed(judged.answer):
                count += 1
                taken = subject.judged(spot, 0, hole)
                if not taken.complaint:
                    raise Failed(
                        f"score() on {spot.text} takes an answer of {solver.entry.stem} with a NaN "
                        f"in place of one number, and says that it costs {taken.cost:.9g}; raise "
                        "InvalidAnswer where a number is not finite"
                    )
    if not count:
        raise NotApplicable("there is no valid answer with floats in it")
    return f"{count} answers with a NaN"


def _valid(subject: ProblemSubject, spot: Spot) -> Iterator[tuple[SolverSubject, Judged]]:
    """Valid answers of a few solvers: the first ones of their runs, and the last."""
    for solver in subject.solvers:
        try:
            run = solver.bases.get(spot)
        except NotApplicable:  # it can't be run
            continue
        known = [] if run is None or not run.ok else solver.judged(spot, run)
        chosen = known if len(known) <= _MOST_ANSWERS else [*known[: _MOST_ANSWERS - 1], known[-1]]
        yield from ((solver, one) for one in chosen if not one.complaint)


def _told(method: Callable[..., Any], spot: Spot, judged: Judged, where: str) -> Any:
    """What a method says of a copy of an answer, which it must leave as it is."""
    answer = own(judged.answer)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = method(spot.instance, answer)
        except Exception as error:
            raise Failed(
                f"{where} raises {type(error).__name__}: {error}; score() took that answer, so "
                "that this must too"
            ) from None
    if not same(answer, judged.answer):
        raise Failed(f"{where} changes it; work on a copy")
    return found


def _form(found: Any, where: str) -> bytes:
    try:
        return encode(own(found))
    except InvalidAnswer as error:
        said = str(error).replace("the answer", "it", 1)
        raise Failed(f"{where} gives no plain data: {said}") from None


def _right(found: Any, where: str) -> list[bool] | None:
    if found is None:
        return None
    try:
        pack(found)
    except (ValueError, TypeError) as error:
        raise Failed(f"{where} gives {error}") from None
    right: list[bool] = np.asarray(found).tolist()
    return right


def _many(length: int | None) -> str:
    return "nothing" if length is None else f"{length} items"


def _without_answers(subject: ProblemSubject) -> NotApplicable:
    return NotApplicable(f"there is no solver of {subject.name} with valid answers yet; write one")
