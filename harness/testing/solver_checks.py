"""What the kit demands of a solver, a function each.

Everything is judged from outside: from isolated runs, and from the answers that came out of them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from harness.child import UNSAID
from harness.run import Budget
from harness.testing.lab import Run
from harness.testing.model import Check, Failed, NotApplicable, close, register, rounding
from harness.testing.sentences import ended, start, where
from harness.testing.subjects import Judged, SolverSubject, Spot, same

CHECKS: list[Check] = []
_check = functools.partial(register, CHECKS, "solver")

_STOP_AFTER = 0.2  # seconds of budget
_SLACK = {"peer": 10.0}  # seconds; another package can't be told to stop
_USUAL_SLACK = 1.0


@_check(
    since="2026-11-21",
    demand="The file can be loaded and says what it must: one frozen dataclass with problem, "
    "papers, role, a default for each parameter, and a docstring.",
)
def loads(solver: SolverSubject) -> str:
    if solver.absent:
        raise NotApplicable(solver.absent)
    file = solver.entry.source.file
    if solver.entry.error:
        raise Failed(solver.entry.error)
    if solver.board.name not in solver.board.catalogue.problems:
        raise Failed(
            f"{file} solves {solver.board.name!r}, which is no problem here; "
            "name one that `bench list` shows"
        )
    found, run = solver.facts
    if found is None:
        raise Failed(f"loading {file} {ended(run)}; a plugin file must only define things")
    if found["error"]:
        raise Failed(found["error"])
    if run.output:
        raise Failed(f"{file} prints {start(run.output)} when it is loaded; remove that")
    _says_what_it_must(solver, found)
    return "one frozen dataclass with literal facts, defaults and a docstring"


def _says_what_it_must(solver: SolverSubject, found: dict[str, Any]) -> None:
    file = solver.entry.source.file
    if not found["doc"].strip():
        raise Failed(
            f"{file} has no docstring; begin the file with one that says what the method does"
        )
    for name, said in found["said"].items():
        listed = getattr(solver.entry, name)
        if repr(listed) != said:
            raise Failed(
                f"{file}: {name} is {said}, but a listing, which does not run the file, reads "
                f"{listed!r}; write {name} as a literal{' tuple' if name != 'role' else ''}"
            )
    if found["odd"]:
        raise Failed(
            f"{file}: the default of parameter {found['odd'][0]!r} is no number, text, True, "
            "False or None; users could not type it, so choose one of these"
        )


@_check(
    since="2026-11-21",
    demand="Where it declares a space, it can be made with every setting of it.",
)
def space(solver: SolverSubject) -> str:
    if solver.absent:
        raise NotApplicable(solver.absent)
    found, run = solver.facts
    if not solver.entry.space:
        raise NotApplicable("it declares no space to tune")
    if found is None:
        raise Failed(f"loading it {ended(run)}")
    if found["refused"]:
        raise Failed(
            f"{solver.entry.source.file}: {found['refused']}; mend the range, or name the "
            "parameters as its fields are named"
        )
    return f"{', '.join(solver.entry.space)} can be tuned"


@_check(
    since="2026-11-21",
    demand="On every small and odd case it ends by itself or keeps yielding, without an exception, "
    "a crash or a hang; it may refuse some, with a reason.",
)
def runs(solver: SolverSubject) -> str:
    bases, taken = solver.bases, []
    for spot, run in bases.items():
        if run.status == "unsupported" and run.message != UNSAID:
            continue
        if run.status not in ("ok", "invalid"):
            raise Failed(f"{where(spot)}: solve() {ended(run)}; {_advice(run)}")
        taken.append(spot.text)
    if not taken:
        raise Failed(f"it refused all {len(bases)} cases; make it take a small one at least")
    return f"{len(taken)} cases: {', '.join(taken)}"


def _advice(run: Run) -> str:
    if "read-only" in run.message:
        return "the data are shared and read-only: work on a copy"
    if run.status == "timeout":
        return "make it end, or yield what it has from time to time"
    if run.status == "unsupported":
        return "say which limit of yours it goes beyond"
    return "make it handle this case"


@_check(
    since="2026-11-21",
    demand="It is a generator that yields at least one answer, and every answer is valid.",
)
def answers(solver: SolverSubject) -> str:
    count = 0
    for spot, run in solver.bases.items():
        if run.status == "invalid":
            raise Failed(f"{where(spot)}: {run.message}")
        if run.ok and not run.answers:
            raise Failed(
                f"{where(spot)}: solve() ended without yielding an answer; yield at least one"
            )
        for judged in _all_judged(solver, spot, run):
            if judged.complaint:
                raise Failed(f"{where(spot)}, answer {judged.number}: {judged.complaint}")
            count += 1
    if not count:
        raise NotApplicable("no run lived to yield an answer; see the check `runs`")
    return f"{count} different answers on {len(solver.bases)} cases"


def _all_judged(solver: SolverSubject, spot: Spot, run: Run) -> Iterator[Judged]:
    """What is known of a run, then all that a second one yielded."""
    yield from solver.judged(spot, run)
    if run.ok and spot in solver.again:
        yield from solver.judged(spot, solver.again[spot])


@_check(
    since="2026-11-21",
    demand="The same seed gives the same answers in another process, whatever the time, the "
    "process id, the order of Python's sets and the global generators.",
)
def repeatable(solver: SolverSubject) -> str:
    advice = "take all randomness from rng, keep no state, and order sets before using them"
    for spot, again in solver.again.items():
        run = solver.good[spot]
        if not again.ok:
            raise Failed(f"{where(spot)}: it ended well once, and once it {ended(again)}")
        if run.answers != again.answers:
            raise Failed(
                f"{where(spot)}: two runs yielded {run.answers} and {again.answers} answers; "
                + advice
            )
        one, other = solver.kept(run), solver.kept(again)
        for number in sorted(one.keys() & other.keys()):
            if not same(one[number], other[number]):
                costs = " and ".join(
                    f"{solver.board.judged(spot, number, answer).cost:.12g}"
                    for answer in (one[number], other[number])
                )
                raise Failed(
                    f"{where(spot)}: two runs differ in answer {number}, of cost {costs}; {advice}"
                )
    return f"{len(solver.again)} cases twice, in processes with other hashes"


@_check(
    since="2026-11-21",
    demand="No answer costs less than the exact optimum, where the problem knows it.",
)
def optimum(solver: SolverSubject) -> str:
    count = 0
    for spot, run in solver.good.items():
        least = solver.board.least(spot)
        if least is None:
            continue
        count += 1
        for judged in _all_judged(solver, spot, run):
            if judged.complaint:
                continue
            if judged.cost < least - rounding(judged.cost, least):
                raise Failed(
                    f"{where(spot)}: answer {judged.number} costs {judged.cost:.12g}, less than "
                    f"the exact optimum {least:.12g}; score() accepts what is no answer, or "
                    "exact() is wrong"
                )
    if not count:
        raise NotApplicable("the exact optimum of these cases is not known")
    return f"{count} cases with a known optimum"


@_check(
    since="2026-11-21",
    demand="It gives valid answers, without a fault, on the instances that the problem's "
    "symmetries lead to: in another order, on another scale.",
)
def symmetries(solver: SolverSubject) -> str:
    for spot, _, _, turned, run in solver.turned:
        if not run.ok:
            raise Failed(
                f"{where(turned)}: it {ended(run)}, but does well on {spot.text} itself; "
                "it must not rely on an order or a scale"
            )
        last = solver.last(turned, run)
        if last.complaint:
            raise Failed(f"{where(turned)}: {last.complaint}")
    if not solver.turned:
        raise NotApplicable(f"{solver.board.name} has no symmetries on these cases")
    return f"{len(solver.turned)} transformed instances"


@_check(
    since="2026-11-21",
    demand="Under a strict symmetry (such as all numbers doubled) the same seed leads to the same "
    "cost, up to what the symmetry does to it.",
)
def strict_symmetries(solver: SolverSubject) -> str:
    count = 0
    for spot, base, symmetry, turned, run in solver.turned:
        if not symmetry.strict or not run.ok or (base.why == "finished") != (run.why == "finished"):
            continue
        first, second = solver.last(spot, base), solver.last(turned, run)
        if second.complaint:
            continue
        count += 1
        expected = symmetry.cost(first.cost)
        if not close(expected, second.cost):
            raise Failed(
                f"{where(turned)}: the cost is {second.cost:.12g}, but {first.cost:.12g} on "
                f"{spot.text} makes it {expected:.12g}; a tolerance must be relative to the "
                "data, and no choice may depend on their unit"
            )
    if not count:
        raise NotApplicable(f"{solver.board.name} has no strict symmetries on these cases")
    return f"{count} transformed instances"


@_check(
    since="2026-11-21",
    demand="On the largest case of the suite `smoke` it ends or yields soon after its seconds are "
    "spent.",
)
def stops(solver: SolverSubject) -> str:
    allowed = _STOP_AFTER + _SLACK.get(solver.entry.role, _USUAL_SLACK)
    spot = solver.board.largest
    took = 0.0
    _ = solver.good  # where nothing runs, nothing can be stopped
    most = 5000 if solver.board.problem.counts == "best" else None  # each is sent and kept
    for _ in range(2):  # once more where a busy machine may be to blame
        run = solver.run(spot, Budget(seconds=_STOP_AFTER, answers=most))
        took = run.seconds
        if run.status == "timeout":
            raise Failed(
                f"{where(spot)}: with a budget of {_STOP_AFTER:g} s it was killed after "
                f"{took:.1f} s without having yielded again; yield at least every 0.1 s"
            )
        if run.status not in ("ok", "invalid"):
            raise Failed(f"{where(spot)}: it {ended(run)}")
        if took <= allowed:
            return f"{took:.2f} s with a budget of {_STOP_AFTER:g} s on {spot.text}"
        if took > 3 * allowed:
            break
    raise Failed(
        f"{where(spot)}: with a budget of {_STOP_AFTER:g} s it went on for {took:.1f} s before it "
        f"yielded or ended ({allowed:g} s are allowed); yield what it has at least every 0.1 s"
    )


@_check(
    since="2026-11-21",
    demand="It ends when its oracle calls (or events) are spent.",
    kinds=("oracle", "online"),
)
def calls_spent(solver: SolverSubject) -> str:
    spot, base = max(solver.good.items(), key=lambda item: item[1].calls)
    online = solver.board.problem.kind == "online"  # there each event has its answer
    before_first = base.points[0].calls if base.points and not online else 0
    limit = max(base.calls // 2, before_first)
    if not 0 < limit < base.calls:
        raise NotApplicable("no case takes more calls than its first answer does")
    run = solver.run(spot, Budget(seconds=2.0, answers=4 * base.answers + 100, calls=limit))
    if not run.ok:
        raise Failed(
            f"{where(spot)}: with {limit} calls allowed it {ended(run)}; "
            "let BudgetSpent pass, or return when it comes"
        )
    if run.why in ("seconds", "answers") and run.calls >= limit:
        raise Failed(
            f"{where(spot)}: it went on after its {limit} calls were spent; "
            "let BudgetSpent pass, or return when it comes"
        )
    return f"ended at {run.calls} of {limit} calls on {spot.text}"


@_check(
    since="2026-11-21",
    demand="Its last answer costs no more than its first, where the last one counts and a solver "
    "can compute the cost itself.",
    kinds=("batch", "oracle"),
)
def improves(solver: SolverSubject) -> str:
    if solver.board.problem.counts != "last":
        raise NotApplicable("the best answer counts, not the last")
    for spot, run in solver.good.items():
        valid = [judged for judged in solver.judged(spot, run) if not judged.complaint]
        if len(valid) < 2:
            continue
        first, last = valid[0], valid[-1]
        if last.cost > first.cost + rounding(first.cost, last.cost):
            raise Failed(
                f"{where(spot)}: answer {first.number} costs {first.cost:.12g}, but the last, "
                f"answer {last.number}, {last.cost:.12g}; the last one counts: keep the best so "
                "far and yield that"
            )
    return f"{len(solver.good)} cases"
