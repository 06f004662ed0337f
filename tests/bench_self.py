"""The harness's own figures, printed beside what they should be at most. `make bench-self`.

Rivals are measured in turn in one run and compared by the ratio of their medians. These are
figures to read, not tests: nothing here fails on a clock.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

import numpy as np
from bench_bm25 import bm25
from bench_bpe import bpe
from bench_detectors import detectors
from bench_hamming import hamming
from bench_multi_vector import multi_vector
from bench_optimisation import newton_schulz, optimisers
from bench_tableau import first_samples, reading, settled_measurements
from bench_tabular_compression import tabular_compression
from bench_tools import in_turn, ratio, report
from bench_vector_search import code_scans, graphs, vector_search

BIN = Path(sys.executable).parent
SOLVER = '''"""Dummy number {number}: does nothing."""

from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class Dummy{number}(Solver):
    """Nothing."""

    problem = "dummy"

    def solve(self, data, rng):
        yield {work}
'''
PROBLEM = '''"""Dummy: nothing to solve."""

from harness.api import Instance, Problem


class Dummy(Problem):
    """Anything is an answer; the cost is 1."""

    families = {"one": {"n": 1}}
    suites = {"smoke": ["one"]}

    def make(self, case, rng):
        return Instance({"n": 1}, sizes={"n": 1})

    def score(self, instance, answer):
        return 1.0, {}
'''


def wall(command: list[str], runs: int = 21, environment: dict[str, str] | None = None) -> float:
    """Median seconds of a whole process."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=environment)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def dummies(folder: Path, count: int, work: str = "1") -> Path:
    """A folder with a problem and so many solvers."""
    root = folder / "dummy"
    root.mkdir()
    (root / "problem.py").write_text(PROBLEM)
    for number in range(count):
        (root / f"dummy_{number}.py").write_text(SOLVER.format(number=number, work=work))
    return root


def command_line(folder: Path) -> None:
    bench = str(BIN / "bench")
    report("bench --help, whole process", f"{wall([bench, '--help']) * 1e3:.0f} ms", "<= 100 ms")
    root = dummies(folder, 300)
    environment = {**os.environ, "BENCH_PLUGINS": str(root)}
    wall([bench, "list"], 1, environment)  # the first reads the files, the others the index
    listing = wall([bench, "list"], environment=environment)
    report("bench list with 300 more solvers", f"{listing * 1e3:.0f} ms", "<= 300 ms")


def short_runs(folder: Path) -> None:
    """What isolation, checking, the canary and recording cost beyond the solver's own time."""
    from harness import machine
    from harness.canary import Canary
    from harness.catalogue import Catalogue
    from harness.isolate import Worker
    from harness.measure import trace
    from harness.plan import instance, make_plan
    from harness.run import Budget
    from harness.store import RunFolder

    root = dummies(folder, 1)
    plan = make_plan(Catalogue([root]), "dummy", [], [], None, 1, Budget())
    stored = instance(plan, plan.cases[0])
    who = plan.contestants[0]
    store = RunFolder(folder / "results", {})
    beyond, processors = [], machine.processors(1)
    canary = Canary(processors)
    with Worker(processors=processors) as worker:
        for seed in range(200):
            start = time.perf_counter()
            canary.sing()
            record = trace(worker, plan, who, plan.cases[0], stored, seed)
            store.append(record)
            beyond.append(time.perf_counter() - start - (record.seconds or 0.0))
    store.close()
    middle, worst = statistics.median(beyond), sorted(beyond)[-10]
    figure = f"{middle * 1e3:.2f} ms (95 %: {worst * 1e3:.2f} ms)"
    report("isolated, checked, recorded run over the solver's time", figure, "<= 10 ms")


def pyperf_agrees(folder: Path) -> None:
    """A 1 ms solver timed by the harness and by `python -m pyperf timeit`, in turn."""
    from harness.catalogue import Catalogue
    from harness.plan import instance, make_plan
    from harness.run import Budget
    from harness.timing import Effort, Timer

    work = "sum(range(64_000))"
    root = dummies(folder, 1, work)
    plan = make_plan(Catalogue([root]), "dummy", [], [], None, 1, Budget())
    stored = instance(plan, plan.cases[0])
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(6):
        timer = Timer(Effort(rounds=3, values=3, precision=None), seed=number)
        for record in timer.case(plan, plan.cases[0], stored, {plan.contestants[0].label: 1e-3}):
            ours += record.values
        output = folder / f"timeit-{number}.json"
        command = [sys.executable, "-m", "pyperf", "timeit", "-p", "3", "-n", "3", "-q"]
        subprocess.run([*command, "-o", str(output), work], check=True, stdout=subprocess.DEVNULL)
        runs = json.loads(output.read_text())["benchmarks"][0]["runs"]
        theirs += [value for run in runs for value in run.get("values", ())]
    a, b = statistics.median(ours), statistics.median(theirs)
    figure = f"{a * 1e3:.4f} / {b * 1e3:.4f} ms = {a / b:.4f}"
    report("a 1 ms solver: our timing / pyperf timeit", figure, "0.98 .. 1.02")


def k_medoids(folder: Path) -> None:
    from bench_clustering.k_medoids.fasterpam import FasterPAM
    from bench_clustering.k_medoids.pam import PAM
    from bench_clustering.k_medoids.problem import KMedoids
    from harness.api import Data, Solver
    from harness.cases import make_case
    from harness.instances import case_rng

    problem = KMedoids()

    def data_of(text: str) -> Data:
        case = make_case("k_medoids", problem, text)
        return Data(problem.make(case, case_rng("k_medoids", case)).data)

    def last(solver: Solver, data: Data) -> np.ndarray:
        return np.asarray(deque(solver.solve(data, np.random.default_rng(7)), maxlen=1)[0])

    try:
        import kmedoids
    except ImportError:
        kmedoids = None
    if kmedoids is None:
        report("FasterPAM against kmedoids.fasterpam", "kmedoids is not installed", "<= 0.5")
    else:
        data = data_of("mixture[n=5000,k=100]")
        matrix = data.dissimilarities
        start = np.random.default_rng(7).choice(5000, 100, replace=False)

        def peer() -> object:
            return kmedoids.fasterpam(matrix, start.copy(), max_iter=1000, n_cpu=1)

        def ours() -> object:
            return last(FasterPAM(), data)

        cost = [
            problem.score(_instance(data), np.asarray(m, np.int64))[0]
            for m in (ours(), peer().medoids)
        ]
        figure = f"{ratio(in_turn(peer, ours, 9))}; cost {cost[0] / cost[1]:.6f}"
        report("FasterPAM n=5000 k=100 float32 / kmedoids.fasterpam", figure, "<= 0.5")
    for k in (100, 200):
        data = data_of(f"digits[k={k}]")
        taken = in_turn(
            lambda data=data: last(FasterPAM(), data),
            lambda data=data: last(PAM(init="random"), data),
            3,
        )
        report(f"PAM as published / FasterPAM, digits n=1797 k={k}", ratio(taken), "speed-up")


def _instance(data: object) -> object:
    from harness.api import Instance

    return Instance(data)


def memory(folder: Path) -> None:
    """Peak memory of FasterPAM beyond the matrix, at growing n."""
    from harness.catalogue import Catalogue
    from harness.isolate import Worker
    from harness.measure import trace
    from harness.plan import instance, make_plan
    from harness.run import Budget

    cases = [f"mixture[n={n},k=100]" for n in (1000, 2000, 4000, 8000)]
    plan = make_plan(Catalogue(), "k_medoids", ["fasterpam"], cases, None, 1, Budget())
    beyond = []
    with Worker() as worker:
        for case in plan.cases:
            record = trace(worker, plan, plan.contestants[0], case, instance(plan, case), 0)
            beyond.append((record.memory or 0) / 2**20)
    figure = ", ".join(f"{x:.2f}" for x in beyond) + " MiB"
    report("FasterPAM beyond the matrix, n=1000, 2000, 4000, 8000", figure, "O(n)")


def main() -> None:
    groups = [command_line, short_runs, pyperf_agrees, k_medoids, memory]
    groups += [optimisers, newton_schulz, hamming, bpe, tabular_compression]
    groups += [bm25, vector_search, code_scans, graphs, multi_vector]
    groups += [detectors, reading, first_samples, settled_measurements]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[[], *(g.__name__ for g in groups)])
    chosen = parser.parse_args().groups
    for group in groups:
        if not chosen or group.__name__ in chosen:
            with tempfile.TemporaryDirectory() as folder:
                group(Path(folder))


if __name__ == "__main__":
    main()
