"""What solvers import is imported before their clock starts: only their own files are searched for
it, so that what a helper imports has to be imported by the solver as well.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import bench_retrieval

PACK = Path(bench_retrieval.__file__).parent
CASES = {
    "bm25_search": "toy",
    "bm25_batch": "toy",
    "limit_retrieval": "limit[n=20,queries=100]",
    "free_embedding": "sets[n=5,dim=4]",
}
SOLVERS = [
    f"{board}/{path.stem}"
    for board in CASES
    for path in sorted((PACK / board).glob("[a-z]*.py"))
    if path.stem not in ("problem", "claims", "peer_bm25s_numba")  # that one compiles for long
]
# Each solver in a process of its own, forked from one that has loaded what a run's parent has.
PROGRAM = """
import importlib, os, sys
from pathlib import Path

import numpy as np
import harness.child
import bench_retrieval
from harness.api import Case, Data, Meter, Problem, Solver
from harness.keys import kernels_of
from harness.loading import Source, imported_modules, load_class, preload
from harness.selectors import adapt, parse

problems = {}
for name in sys.argv[1:]:
    board, _, rest = name.partition("/")
    stem, _, text = rest.partition(" ")
    if board not in problems:
        folder = Path(bench_retrieval.__file__).parent / board
        module = f"bench_retrieval.{board}.problem"
        problem = load_class(Source(str(folder / "problem.py"), module), Problem, "problem")()
        family, given = parse(text)
        defaults = problem.families[family]
        given = {key: adapt(value, defaults[key], text) for key, value in given.items()}
        case = Case(family, {**defaults, **given})
        problems[board] = problem, folder, problem.make(case, np.random.default_rng(0))
    problem, folder, instance = problems[board]
    assert "scipy" not in sys.modules, f"making {text} imports scipy, which would hide imports"
    sys.stdout.flush()
    if os.fork():
        os.wait()
        continue
    file = str(folder / f"{stem}.py")
    source = Source(file, f"bench_retrieval.{board}.{stem}")
    solver = load_class(source, Solver, "solver")()
    preload(imported_modules(file), kernels_of(source))
    seen = problem.open(Data(instance.data), Meter())
    before = set(sys.modules)
    for _ in solver.solve(seen, np.random.default_rng(0)):
        if hasattr(seen, "decided"):
            seen.decided()
    late = sorted(set(sys.modules) - before)
    print(name.partition(" ")[0], ",".join(late), flush=True)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def late():
    """Solver -> what was imported while it solved."""
    names = [f"{name} {CASES[name.partition('/')[0]]}" for name in SOLVERS]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *names],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = [line.split(" ") for line in done.stdout.splitlines()]
    return {line[0]: [name for name in line[1].split(",") if name] for line in lines}, done.stderr


@pytest.mark.parametrize("solver", SOLVERS)
def test_nothing_is_imported_on_the_clock(late, solver):
    found, errors = late
    if solver not in found:
        missing = [name for name in ("bm25s", "rank_bm25") if name in errors]
        assert missing, f"{solver} failed:\n{errors[-2000:]}"
        assert all(importlib.util.find_spec(name) is None for name in missing), errors[-2000:]
        pytest.skip(f"needs {', '.join(missing)}")
    tops = {name.partition(".")[0] for name in found[solver]}
    heavy = {top for top in tops - sys.stdlib_module_names if not top.startswith("__")}
    assert not heavy, f"{solver} imports {', '.join(found[solver])} while it solves"
