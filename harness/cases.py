"""Cases from the selectors that users type: `digits[k=50]`, and the suites that name many."""

from __future__ import annotations

from harness.api import Case, Problem
from harness.selectors import Misuse, adapt, nearest, show, texts_of


def make_case(name: str, problem: Problem, text: str) -> Case:
    """The case that a selector names, in canonical form.

    Raises:
        Misuse: for an unknown family or parameter; names the nearest.
    """
    family, given = texts_of(text)
    if family not in problem.families:
        known = ", ".join(problem.families)
        hint = nearest(family, problem.families) or f"it has {known}"
        raise Misuse(f"problem {name} has no case {family!r}; {hint}")
    defaults = problem.families[family]
    draw = adapt(given.pop("draw", 0), 0, f"draw of case {family}")
    parameters = dict(defaults)
    for key, value in given.items():
        if key not in defaults:
            hint = nearest(key, defaults) or f"it has {', '.join(defaults)}"
            raise Misuse(f"case {family!r} of {name} has no parameter {key!r}; {hint}")
        parameters[key] = adapt(value, defaults[key], f"{key} of case {family}")
    return redrawn(problem, Case(family, parameters), draw)


def redrawn(problem: Problem, case: Case, draw: int) -> Case:
    """Another draw of a case; where nothing in it is drawn at random, the same instance."""
    defaults = problem.families[case.family]
    shown = {key: value for key, value in case.parameters.items() if value != defaults[key]}
    if draw:
        shown["draw"] = draw
    return Case(case.family, case.parameters, draw, show(case.family, shown))


def suite_cases(name: str, problem: Problem, suite: str) -> list[Case]:
    """The cases of a suite.

    Raises:
        Misuse: for an unknown suite; names the nearest.
    """
    if suite not in problem.suites:
        known = ", ".join(problem.suites) or "none"
        hint = nearest(suite, problem.suites) or f"it has {known}"
        raise Misuse(f"problem {name} has no suite {suite!r}; {hint}")
    return [make_case(name, problem, text) for text in problem.suites[suite]]
