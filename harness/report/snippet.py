"""How a solver is used from Python, as lines that can be pasted and run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.catalogue import SolverEntry
from harness.report.subjects import ProblemFacts

_HEAD = """\
{imports}
import numpy as np

from harness.api import Data, Meter
from harness.cases import make_case
from harness.catalogue import Catalogue
from harness.instances import case_rng

catalogue = Catalogue({plugins})
problem = catalogue.problem({problem!r}).load()
case = make_case({problem!r}, problem, {case!r})
instance = problem.make(case, case_rng({problem!r}, case))
given = Data(instance.data) if isinstance(instance.data, dict) else instance.data
data = problem.open(given, Meter())

solver = catalogue.solvers[{name!r}].load()({parameters})
rng = np.random.default_rng(0)
"""
_LAST = """\
end = time.perf_counter() + 10  # some solvers would go on for ever
for answer in solver.solve(data, rng):
    if time.perf_counter() > end:
        break
print(problem.score(instance, answer))
"""
_BEST = """\
end = time.perf_counter() + 10  # some solvers would go on for ever
costs = []
for answer in solver.solve(data, rng):
    costs.append(problem.score(instance, answer)[0])
    if time.perf_counter() > end:
        break
print(min(costs))
"""
_DECISIONS = """\
decisions = []
for decision in solver.solve(data, rng):
    data.decided(decision)
    decisions.append(decision)
print(problem.score(instance, decisions))
"""


def snippet(
    entry: SolverEntry, problem: ProblemFacts, case: str, parameters: Mapping[str, Any]
) -> str:
    """Lines that build a case, drive the solver on it and print the cost of its answer.

    Args:
        entry: of the solver.
        problem: that it solves.
        case: on which to run it.
        parameters: those that differ from the defaults.
    """
    online = problem.kind == "online"
    body = _DECISIONS if online else _BEST if problem.counts == "best" else _LAST
    head = _HEAD.format(
        imports="" if online else "import time\n",
        plugins=_plugins(entry),
        problem=problem.name,
        case=case,
        name=entry.name,
        parameters=", ".join(f"{name}={value!r}" for name, value in parameters.items()),
    )
    return head.lstrip("\n") + body


def _plugins(entry: SolverEntry) -> str:
    """What the catalogue must be told: nothing of an installed pack, else where the pack lies.

    The name alone, as a page does not tell the folders of the machine on which it was made.
    """
    if entry.source.root:
        return repr([entry.source.module.partition(".")[0]])
    return "" if entry.source.module else repr([Path(entry.source.file).name])
