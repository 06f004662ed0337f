"""What the kit demands of how a solver behaves beside its answers, a function each."""

from __future__ import annotations

import functools
import sys

from harness.testing.model import Check, Failed, register
from harness.testing.sentences import start, where
from harness.testing.subjects import SolverSubject

CHECKS: list[Check] = []
_check = functools.partial(register, CHECKS, "solver")

_FEW = 10  # modules of packages that are loaded already


@_check(
    since="2026-11-21",
    demand="It leaves the generators that a whole process shares (numpy.random.*, random.*) alone.",
)
def global_random(solver: SolverSubject) -> str:
    for spot, run in solver.again.items():
        if run.generators:
            raise Failed(
                f"{where(spot)}: solve() uses the global generator of "
                f"{' and '.join(run.generators)}; draw from its argument rng, or hand a seed from "
                "it to the library that draws"
            )
    return f"{len(solver.again)} cases"


@_check(since="2026-11-21", demand="It leaves the data as they were, even where it could write.")
def data_untouched(solver: SolverSubject) -> str:
    for spot, run in solver.again.items():
        if run.changed:
            names = ", ".join(run.changed)
            raise Failed(f"{where(spot)}: solve() changed the data ({names}); work on a copy")
    return f"{len(solver.again)} cases, given as arrays that can be written"


@_check(since="2026-11-21", demand="It prints nothing, warnings included.")
def quiet(solver: SolverSubject) -> str:
    for spot, run in solver.good.items():
        if run.output:
            raise Failed(
                f"{where(spot)}: solve() printed {start(run.output)}; remove that, and mend "
                "what a warning is about"
            )
    return f"silent on {len(solver.good)} cases"


@_check(
    since="2026-11-21",
    demand="What it needs of other packages is imported before its clock starts: an import at any "
    "place of its file, or of what that imports of its own package, is.",
)
def imports(solver: SolverSubject) -> str:
    for spot, run in solver.again.items():
        late = [name for name in run.imported if not _known(name)]
        packages = [name for name in late if "." not in name]
        if packages or len(late) > _FEW:
            raise Failed(
                f"{where(spot)}: solve() is the first to import {', '.join(packages or late[:3])} "
                f"({len(late)} modules), on the clock; name what it needs in an import of its own, "
                "in the function that needs it"
            )
    return f"{len(solver.again)} cases"


def _known(module: str) -> bool:
    """Whether it comes with Python, or is of an extension's own making (`_cython_3_0`)."""
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names or top.startswith("_")
