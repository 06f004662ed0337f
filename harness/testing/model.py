"""What a check is, and what it says."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from harness.api import KINDS, Problem

PASSED, FAILED, NOT_APPLICABLE = "passed", "failed", "not applicable"


class Failed(Exception):
    """Raised by a check: what is wrong, where, and what to do, in one sentence."""


class NotApplicable(Exception):
    """Raised by a check: why there is nothing to check here."""


class Checked(Protocol):
    """What is checked: a solver with its problem, or a problem."""

    @property
    def name(self) -> str:
        """As it stands in results."""

    def problem_class(self) -> Problem:
        """The problem, whose capabilities decide which checks apply."""


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes:
        check: name of the check.
        subject: name of the solver or the problem.
        status: "passed", "failed" or "not applicable".
        sentence: what was seen; where it failed, what is wrong, where, and what to do.
        seconds: that the check took; runs that several checks share are the first one's.
    """

    check: str
    subject: str
    status: str
    sentence: str
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.subject}: {self.check} {self.status}: {self.sentence}"


@dataclass(frozen=True)
class Check:
    """One demand on a solver or a problem.

    Attributes:
        name: as it stands in results.
        since: the date on which the kit began to make the demand, as in "2026-11-21".
        of: "solver" or "problem".
        demand: what it demands, in one sentence.
        kinds: of problem to which it applies.
        function: returns what it saw, or raises `Failed` or `NotApplicable`.
    """

    name: str
    since: str
    of: str
    demand: str
    kinds: tuple[str, ...]
    function: Callable[[Any], str]

    def __str__(self) -> str:
        return self.name

    def on(self, subject: Checked) -> CheckResult:
        """Hold the demand against a subject; whatever happens there, a result comes back."""
        begin = time.perf_counter()
        try:
            kind = subject.problem_class().kind if len(self.kinds) < len(KINDS) else ""
            if kind and kind not in self.kinds:
                raise NotApplicable(f"it is for problems of kind {' or '.join(self.kinds)}")
            status, sentence = PASSED, self.function(subject)
        except Failed as verdict:
            status, sentence = FAILED, str(verdict)
        except NotApplicable as verdict:
            status, sentence = NOT_APPLICABLE, str(verdict)
        except Exception as error:
            status = FAILED
            sentence = f"the check broke off with {type(error).__name__}: {error}"
        return CheckResult(self.name, subject.name, status, sentence, time.perf_counter() - begin)


F = TypeVar("F", bound=Callable[[Any], str])


def register(
    checks: list[Check], of: str, since: str, demand: str, kinds: tuple[str, ...] = KINDS
) -> Callable[[F], F]:
    """Append the decorated function to `checks`, under its own name."""

    def decorate(function: F) -> F:
        checks.append(Check(function.__name__, since, of, demand, kinds, function))
        return function

    return decorate


def close(left: float, right: float) -> bool:
    """Whether two costs are the same but for rounding: 1e-9 of the larger, or 1e-12."""
    return abs(left - right) <= rounding(left, right)


def rounding(left: float, right: float) -> float:
    """How far apart two equal costs may come out."""
    return 1e-9 * max(abs(left), abs(right)) + 1e-12
