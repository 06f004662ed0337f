"""What the kit demands of a problem, a function each."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from harness.answers import encode, own
from harness.api import KINDS, Data, Instance, InvalidAnswer, Meter, Problem, Symmetry
from harness.cases import make_case
from harness.loading import PluginError
from harness.measure import judge
from harness.selectors import Misuse
from harness.testing.lab import Run
from harness.testing.model import Check, Failed, NotApplicable, close, register, rounding
from harness.testing.subjects import ProblemSubject, SolverSubject, Spot, same
from harness.testing.wrong import ODD, WRONG, spoiled

CHECKS: list[Check] = []
_check = functools.partial(register, CHECKS, "problem")

_CHOICES = {
    "kind": KINDS,
    "counts": ("last", "best"),
    "compare": ("ratio", "difference"),
    "rank_by": ("cost", "time"),
}


@_check(
    since="2026-11-21",
    demand="It says what a reader and the harness must know: docstring, title, kind, how costs are "
    "compared, families of cases, and a suite `smoke`.",
)
def declared(subject: ProblemSubject) -> str:
    try:
        entry = subject.catalogue.problem(subject.name)
        problem = entry.load()
    except (Misuse, PluginError) as error:
        raise Failed(str(error)) from None
    file = entry.source.file
    if not entry.summary:
        raise Failed(f"{file} has no docstring; begin the file with one that states the problem")
    for name in ("title", "cost_name", "size"):
        if not isinstance(value := getattr(problem, name), str) or not value:
            raise Failed(f"{file}: {name} is {value!r}, expected a text for the reader")
    for name, choices in _CHOICES.items():
        if (value := getattr(problem, name)) not in choices:
            raise Failed(f"{file}: {name} is {value!r}, expected one of {', '.join(choices)}")
    _declared_cases(problem, file)
    return f"{len(problem.families)} families, suites {', '.join(problem.suites)}"


def _declared_cases(problem: Problem, file: str) -> None:
    if not problem.families:
        raise Failed(f"{file} has no families; name at least one, with its parameters' defaults")
    for family, parameters in problem.families.items():
        if not isinstance(parameters, Mapping):
            raise Failed(
                f"{file}: family {family!r} is {parameters!r}, expected its parameters with their "
                "defaults, as a dict"
            )
    if not problem.suites.get("smoke"):
        raise Failed(f"{file} has no suite 'smoke'; name a few cases that run in seconds")


@_check(
    since="2026-11-21",
    demand="All cases of all suites can be read, and those of `smoke` and `edge` can be made, of "
    "plain data.",
)
def cases(subject: ProblemSubject) -> str:
    problem = subject.problem
    for suite, texts in problem.suites.items():
        for text in texts:
            try:
                make_case(subject.name, problem, text)
            except Misuse as error:
                raise Failed(f"suite {suite!r}, {text}: {error}; mend the suite") from None
    for text, fault in subject.made.items():
        if fault:
            raise Failed(f"make() on {text}: {fault}; mend make(), or the suite")
    return f"{len(subject.made)} cases made"


@_check(
    since="2026-11-21",
    demand="A case makes the same instance every time: make() draws from rng alone.",
)
def instances_repeat(subject: ProblemSubject) -> str:
    texts = subject.texts("edge", "smoke")
    once, twice = (subject.make(texts, elsewhere=elsewhere) for elsewhere in (False, True))
    for text in texts:
        if once[text]["digest"] != twice[text]["digest"]:
            raise Failed(
                f"make() on {text} gives two instances in two processes; take all randomness from "
                "rng, and order sets before going through them"
            )
    return f"{len(texts)} cases, each made in two processes"


@_check(since="2026-11-21", demand="Every instance has the size by which growth is charted.")
def sizes(subject: ProblemSubject) -> str:
    size = subject.problem.size
    for spot in subject.spots:
        known = spot.stored.sizes
        if not known.get(size, 0.0) > 0.0:
            raise Failed(
                f"the sizes of {spot.text} are {known}, expected a positive {size!r}, the entry by "
                f"which growth is charted; give Instance(sizes={{{size!r}: ...}})"
            )
    return f"{size!r} on {len(subject.spots)} cases"


@_check(
    since="2026-11-21",
    demand="score() refuses what is no answer with InvalidAnswer, and meets nothing with another "
    "exception.",
)
def rejects(subject: ProblemSubject) -> str:
    count = 0
    for spot in subject.spots:
        right = [judged.answer for _, judged in subject.answers(spot)]
        made_wrong = [wrong for answer in right for wrong in _spoiled(subject, answer)]
        for must, wrong in [
            *((True, wrong) for wrong in _whole(subject, WRONG)),
            *((False, odd) for odd in (*_whole(subject, ODD), *made_wrong)),
        ]:
            count += 1
            said = _score(subject, spot, wrong)
            if said is None and must:
                raise Failed(
                    f"score() on {spot.text} takes {_shown(wrong)} for an answer; "
                    "raise InvalidAnswer with what is wrong and what was expected"
                )
            if said is not None and not isinstance(said, InvalidAnswer):
                raise Failed(
                    f"score() on {spot.text} meets {_shown(wrong)} with "
                    f"{type(said).__name__}: {said}; raise InvalidAnswer with what is wrong and "
                    "what was expected"
                )
    return f"{count} wrong or odd answers on {len(subject.spots)} cases"


def _whole(subject: ProblemSubject, answers: tuple[Any, ...]) -> list[Any]:
    """What score() would get of these: online, the list of decisions."""
    return [[answer] if subject.problem.kind == "online" else answer for answer in answers]


def _score(subject: ProblemSubject, spot: Spot, answer: Any) -> Exception | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            subject.problem.score(spot.instance, answer)
        except Exception as error:
            return error
    return None


def _spoiled(subject: ProblemSubject, answer: Any) -> list[Any]:
    """A right answer made wrong in ways in which solvers get it wrong."""
    if subject.problem.kind == "online":
        return [[wrong, *answer[1:]] for wrong in spoiled(answer[0])] if answer else []
    return list(spoiled(answer))


def _shown(answer: Any) -> str:
    text = " ".join(repr(answer).split())
    return text if len(text) <= 60 else text[:57] + "..."


@_check(
    since="2026-11-21",
    demand="score() gives the same answer the same finite cost every time.",
)
def scores_repeat(subject: ProblemSubject) -> str:
    count = 0
    for spot in subject.spots:
        for solver, judged in subject.answers(spot):
            first, second = (
                judge(subject.problem, spot.instance, own(judged.answer)) for _ in range(2)
            )
            if first != second:
                raise Failed(
                    f"score() on {spot.text} gives one answer of {solver.entry.stem} first "
                    f"{first}, then {second}; it must compute, not sample"
                )
            count += 1
    return _counted(subject, count, "answers, each scored twice")


@_check(
    since="2026-11-21",
    demand="open(), score(), exact() and symmetries() leave the instance and the answer as they "
    "were.",
)
def instance_untouched(subject: ProblemSubject) -> str:
    problem, count = subject.problem, 0
    for spot in subject.spots:
        whole = Instance(
            _writable(spot.instance.data),
            _writable(spot.instance.truth),
            dict(spot.instance.sizes),
            spot.instance.optimum,
        )
        before = _digest(whole)
        for solver, judged in subject.answers(spot):
            answer = own(judged.answer)
            judge(problem, whole, answer)
            if not same(answer, judged.answer):
                raise Failed(
                    f"score() on {spot.text} changes the answer of {solver.entry.stem}; "
                    "work on a copy"
                )
            count += 1
        _unchanged(spot, whole, before, "score")
        works: dict[str, Callable[[Instance], Any]] = {
            "open": lambda instance: problem.open(instance.data, Meter()),
            "exact": problem.exact,
            "symmetries": lambda instance: list(
                problem.symmetries(instance, np.random.default_rng(0))
            ),
        }
        for name, work in works.items():
            try:
                work(whole)
            except Exception as error:
                raise Failed(
                    f"{name}() on {spot.text} raises {type(error).__name__}: {error}; "
                    "make it handle this case"
                ) from None
            _unchanged(spot, whole, before, name)
    return f"{len(subject.spots)} instances that can be written, {count} answers"


def _unchanged(spot: Spot, whole: Instance, before: bytes, method: str) -> None:
    if _digest(whole) != before:
        raise Failed(f"{method}() changes the instance of {spot.text}; work on a copy")


def _writable(part: Any) -> Any:
    return Data(own(part.as_dict())) if isinstance(part, Data) else own(part)


def _digest(instance: Instance) -> bytes:
    parts = (instance.data, instance.truth, dict(instance.sizes))
    return encode([own(part.as_dict() if isinstance(part, Data) else part) for part in parts])


@_check(
    since="2026-11-21",
    demand="Under each symmetry the cost follows: an answer to the transformed instance costs what "
    "the symmetry says of it turned back.",
)
def symmetries_hold(subject: ProblemSubject) -> str:
    if not any(subject.turned(spot) for spot in subject.spots):
        raise NotApplicable("it has no symmetries on these cases")
    count = 0
    for solver, spot, symmetry, turned, run in _turned(subject):
        last = solver.last(turned, run)
        if not run.ok or last.complaint:
            continue  # the solver's own checks say so
        back = subject.judged(spot, 0, symmetry.back(last.answer))
        if back.complaint:
            raise Failed(
                f"on {turned.text}: an answer of {solver.entry.stem}, turned back, is "
                f"none on {spot.text}: {back.complaint}; mend back() of the symmetry"
            )
        expected = symmetry.cost(back.cost)
        if not close(expected, last.cost):
            raise Failed(
                f"on {turned.text}: an answer of {solver.entry.stem} costs "
                f"{last.cost:.12g}, but turned back {back.cost:.12g}, which makes it "
                f"{expected:.12g}; mend back() or cost() of the symmetry, or score()"
            )
        count += 1
    return _counted(subject, count, "answers on transformed instances")


def _turned(
    subject: ProblemSubject,
) -> Iterator[tuple[SolverSubject, Spot, Symmetry, Spot, Run]]:
    for solver in subject.solvers:
        try:
            found = solver.turned
        except NotApplicable:  # it can't be run
            continue
        yield from ((solver, spot, symmetry, where, run) for spot, _, symmetry, where, run in found)


@_check(
    since="2026-11-21",
    demand="exact() is a lower bound: no solver's valid answer costs less, and it agrees with the "
    "optimum that make() gives.",
)
def exact(subject: ProblemSubject) -> str:
    count = there = 0
    for spot in subject.spots:
        found, optimum = subject.exact(spot), spot.instance.optimum
        if found is None and optimum is None:
            continue
        there += 1
        if found is not None and optimum is not None and not close(found, optimum):
            raise Failed(
                f"on {spot.text}: exact() says {found:.12g}, but make() gave the optimum "
                f"{optimum:.12g}; one of them is wrong"
            )
        least = subject.least(spot) or 0.0
        for solver, judged in subject.answers(spot):
            if judged.cost < least - rounding(judged.cost, least):
                raise Failed(
                    f"on {spot.text}: an answer of {solver.entry.stem} costs {judged.cost:.12g}, "
                    f"less than the exact optimum {least:.12g}; mend exact(), or let score() "
                    "refuse that answer"
                )
            count += 1
    if not there:
        raise NotApplicable("it knows the exact optimum of none of these cases")
    return _counted(subject, count, "answers, none below the optimum")


def _counted(subject: ProblemSubject, count: int, what: str) -> str:
    if not count:
        raise NotApplicable(
            f"there is no solver of {subject.name} with valid answers yet; write one"
        )
    return f"{count} {what}"
