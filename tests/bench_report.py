"""What a report of half a million rows takes: seconds, memory, bytes. `make bench-report`.

Two made-up stores: `points` has half a million points of traces in 50,000 traced runs, `records`
half a million records with short traces. Each is reported by a process of its own. These are
figures to read, not tests: nothing here fails on a clock.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import inspect
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from harness import machine
from harness.record import SCHEMA, Record

# As `bench` sets them: the threads of many small products of matrices wait for each other.
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
RUN = "20260101T000000000Z-000001"
MEBI = 1 << 20


@dataclasses.dataclass(frozen=True)
class Size:
    """A store: of each of `problems`, every solver runs every case with every seed."""

    problems: int
    solvers: int
    cases: int
    seeds: int
    points: int


SIZES = {"points": Size(10, 20, 25, 10, 10), "records": Size(10, 50, 100, 9, 3)}


def write_store(folder: Path, size: Size, rng: np.random.Generator) -> None:
    """A run folder with a traced run of each seed and a timing of each solver and case."""
    facts = machine.facts()
    environment = machine.identity(facts)
    names = [f"problem_{number:02d}" for number in range(size.problems)]
    path = folder / RUN
    path.mkdir(parents=True)
    lines = 0
    with (path / "records.jsonl").open("w") as file:
        for name in names:
            for record in _records(name, size, environment, rng):
                file.write(json.dumps(record) + "\n")
                lines += 1
    header = {
        "schema": SCHEMA,
        "started": "2026-01-01T00:00:00+00:00",
        "command": "bench run --suite standard",
        "machine": "made-up",
        "environments": {environment: facts},
        "problems": {name: {"title": name, "compare": "ratio", "size": "n"} for name in names},
        "records": lines,
        "ended": "finished",
    }
    (path / "run.json").write_text(json.dumps(header))


def _records(
    problem: str, size: Size, environment: str, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    for case in range(size.cases):
        n = 100 * 1.1**case
        for solver in range(size.solvers):
            blank = Record(
                kind="trace",
                problem=problem,
                solver=f"solver_{solver:02d}",
                label=f"solver_{solver:02d}" + "[init=build]" * (solver % 3 == 0),
                role=("paper", "baseline", "peer")[solver % 3],
                parameters={"init": "random", "passes": 3, "tau": 1.0},
                case=f"mixture[n={n:.0f}]" if case % 2 else f"digits[k={case}]",
                instance=f"{case:032x}",
                sizes={"n": n, "k": 10.0},
                seed=None,
                status="ok",
                environment=environment,
                budget={"timeout": 60.0, "threads": 1},
                sources={"solver": f"{solver:032x}", "problem": problem},
                why="finished",
                started="2026-01-01T00:00:00.000000+00:00",
            )
            known = dataclasses.asdict(blank)
            best, usual = 1000.0 + case, 1e-4 * 1.2**solver * (n / 1000) ** 1.5
            for seed in range(size.seeds):
                yield {**known, **_run(seed, best, solver, usual, size.points, rng)}
            values = (usual * rng.lognormal(0, 0.04, 15)).tolist()
            timing = {"seconds": values[7], "values": values, "processes": 5, "precision": 0.03}
            yield {**known, "kind": "timing", "key": rng.bytes(16).hex(), **timing}


def _run(
    seed: int, best: float, solver: int, usual: float, points: int, rng: np.random.Generator
) -> dict[str, Any]:
    """What differs from run to run; one in a hundred fails, one in fifty is flagged."""
    seconds = usual * rng.lognormal(0, 0.1)
    moments = np.geomspace(seconds / 100, seconds, points)
    costs = best * (1 + 0.002 * solver * rng.random() + 0.2 * np.linspace(1, 0, points) ** 3)
    failed = rng.random() < 0.01
    slower = f"disturbed: a fixed piece of work took {1 + rng.random():.2f} times as long"
    return {
        "seed": seed,
        "status": "timeout" if failed else "ok",
        "message": "stopped after 60 s, the limit of a run" if failed else "",
        "cost": float(costs[-1]),
        "scores": {"mean_dissimilarity": float(costs[-1]) / 178, "rand_index": rng.random()},
        "seconds": seconds,
        "cpu": 0.98 * seconds,
        "wall": seconds + 0.0012,
        "memory": int(4096 * rng.integers(100, 300)),
        "threads": 1,
        "calls": 0,
        "answers": points,
        "instructions": int(3e9 * seconds),
        "waited": 1e-4,
        "drift": 1 + 0.01 * rng.random(),
        "flags": [slower] if rng.random() < 0.02 else [],
        "trace": [[t, i, c] for i, (t, c) in enumerate(zip(moments, costs, strict=True))],
        "key": rng.bytes(16).hex(),
    }


def peak() -> float:
    """MiB that this process ever had at a time."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Phase:
    """Prints what the block took."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        self._start = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = time.perf_counter() - self._start[0], time.process_time() - self._start[1]
        print(f"  {self._name:<32} {wall:7.2f} s  {cpu:7.2f} s cpu  peak {peak():6.0f} MiB")


def timed(module: ModuleType, spent: Counter[str]) -> None:
    """Have the functions of the harness that a module calls by name add up their seconds."""
    for name, function in list(vars(module).items()):
        if inspect.isfunction(function) and function.__module__.startswith("harness."):
            setattr(module, name, _timed(function, spent))


def _timed(function: Any, spent: Counter[str]) -> Any:
    label = f"{function.__module__}.{function.__name__}"

    @functools.wraps(function)
    def timing(*arguments: Any, **options: Any) -> Any:
        start = time.process_time()
        try:
            return function(*arguments, **options)
        finally:
            spent[label] += time.process_time() - start

    return timing


def report(results: Path, site: Path, detail: bool) -> None:
    """What `bench report` does, phase by phase."""
    with Phase("imports"):
        from harness import store, tables
        from harness.catalogue import Catalogue
        from harness.report import page, write_site
    spent: Counter[str] = Counter()
    if detail:
        timed(page, spent)
    start = time.perf_counter()
    with Phase("load"):
        loaded = store.load(results)
    with Phase("frame"):
        frame = tables.select(tables.current(tables.records(loaded)), [])
    count = frame["problem"].nunique()
    print(f"  {len(frame)} records of {count} problems; {len(loaded.complaints)} complaints")
    with Phase("site"):
        write_site(loaded, frame, Catalogue(), site)
    whole = time.perf_counter() - start
    written = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(f"  in all {whole:.1f} s, {whole / count:.2f} s a problem (<= 5 s; <= 60 s in all)")
    print(f"  peak {peak():.0f} MiB (<= 1024 MiB); the site has {written / MEBI:.1f} MiB")
    for name, seconds in spent.most_common(15):
        print(f"    {name:<48} {seconds:7.2f} s cpu")


def apart(results: Path, detail: bool) -> None:
    """The same in a process of its own, whose limits stand before numpy is loaded."""
    command = [sys.executable, __file__, "--store", str(results), *["--detail"] * detail]
    subprocess.run(command, check=True, env={**os.environ, **THREADS})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", choices=[[], *SIZES])
    parser.add_argument("--detail", action="store_true", help="seconds by function of a page")
    parser.add_argument("--store", type=Path, help="report this results folder instead")
    given = parser.parse_args()
    if given.store is not None and THREADS.items() <= os.environ.items():
        with tempfile.TemporaryDirectory() as folder:
            report(given.store, Path(folder), given.detail)
        return
    if given.store is not None:
        apart(given.store, given.detail)
        return
    for name in given.sizes or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            results = Path(folder) / "results"
            write_store(results, SIZES[name], np.random.default_rng(1))
            written = sum(path.stat().st_size for path in results.rglob("*") if path.is_file())
            print(f"{name}: {SIZES[name]}, {written / MEBI:.0f} MiB on the disk", flush=True)
            apart(results, given.detail)


if __name__ == "__main__":
    main()
