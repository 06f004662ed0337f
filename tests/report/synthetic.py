"""A results folder as a run of a k-medoids board would leave it, made up from a few formulas.

Times grow and answers improve as they plausibly would; every status occurs. Nothing is measured.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from harness import machine
from harness.record import Record
from harness.store import RunFolder

CASES: dict[str, tuple[int, int]] = {
    "iris": (150, 3),
    "wine": (178, 3),
    "breast_cancer": (569, 2),
    "digits": (1797, 10),
    "digits[k=50]": (1797, 50),
    "digits[k=50,metric=cosine]": (1797, 50),
    "mixture[n=500]": (500, 10),
    "mixture": (1000, 10),
    "mixture[n=2000]": (2000, 10),
    "mixture[n=5000]": (5000, 10),
    "mixture[n=10000]": (10000, 10),
    "non_metric": (500, 10),
}


@dataclasses.dataclass(frozen=True)
class Sketch:
    """How a made-up solver behaves.

    Attributes:
        role: paper, baseline or peer.
        cost: cost / best known that it reaches, and its spread over seeds.
        seconds: of one solve at n=1000, k=10; it grows as n**growth * k**by_k.
        memory: bytes beyond the matrix for each object.
        fate: "slow" (times out on large cases), or a status that strikes now and then.
        flags: names of what its rows are flagged with, on every third case.
    """

    role: str
    cost: tuple[float, float]
    seconds: float
    growth: float = 2.0
    by_k: float = 0.0
    memory: int = 24
    fate: str = ""
    parameters: dict[str, Any] = dataclasses.field(default_factory=lambda: {"init": "random"})
    flags: tuple[str, ...] = ()


SOLVERS: dict[str, Sketch] = {
    "fasterpam": Sketch("paper", (1.0012, 0.0014), 0.004),
    "fasterpam[init=build]": Sketch("paper", (1.0004, 0.0), 0.009, parameters={"init": "build"}),
    "fastpam1": Sketch("paper", (1.0009, 0.0), 0.055, flags=("unstable",)),
    "fastpam2": Sketch("paper", (1.0011, 0.0003), 0.021),
    "pam": Sketch("baseline", (1.0009, 0.0), 0.62, 2.1, 0.9, fate="slow"),
    "build": Sketch("baseline", (1.018, 0.0), 0.012, 2.0, 0.3, parameters={}),
    "lab": Sketch("paper", (1.062, 0.011), 0.0011, 1.05, 0.5, parameters={}),
    "alternating": Sketch(
        "baseline", (1.048, 0.017), 0.0021, 1.9, flags=("differs", "disturbed", "unstable")
    ),
    "clara": Sketch("baseline", (1.041, 0.012), 0.0062, 1.0, 1.4, 40, parameters={"samples": 5}),
    "fastclara": Sketch("paper", (1.033, 0.009), 0.0048, 1.0, 0.6, 40, parameters={"samples": 5}),
    "clarans": Sketch(
        "baseline", (1.014, 0.006), 0.062, 2.0, 0.9, fate="crashed", parameters={"restarts": 2}
    ),
    "fastclarans": Sketch(
        "paper", (1.011, 0.005), 0.02, 2.0, 0.3, fate="memory", parameters={"restarts": 2}
    ),
    "peer_kmedoids_fasterpam": Sketch(
        "peer", (1.0012, 0.0014), 0.011, parameters={}, flags=("threads",)
    ),
    "peer_kmedoids_pam": Sketch("peer", (1.0, 0.0), 1.0, fate="skipped", parameters={}),
    "spectral_guess": Sketch("baseline", (1.09, 0.02), 0.2, fate="raised", parameters={}),
    "sloppy": Sketch("baseline", (1.08, 0.02), 0.003, fate="invalid", parameters={}),
    "random_medoids": Sketch("baseline", (1.33, 0.05), 0.00002, 0.2, parameters={}),
    "exhaustive": Sketch("baseline", (1.0, 0.0), 1.5, fate="unsupported", parameters={}),
}

MESSAGES = {
    "timeout": "stopped after 60 s, the limit of a run",
    "memory": "killed: it used more than the 2 GiB that a run may use",
    "crashed": "ended by signal 11 (segmentation fault)",
    "raised": "LinAlgError: Eigenvalues did not converge",
    "invalid": "the answer names object 17 2 times, expected a list of 10 different integers",
    "unsupported": "10 medoids, expected at most 3: use another solver",
    "skipped": "kmedoids is not installed: pip install kmedoids",
}

SAID = {
    "threads": "it used 2 threads, and was allowed 1",
    "disturbed": "a fixed piece of work around it took 1.31 times as long as usual",
    "unstable": "its interval is 14 % wide after 20 s; 5 % was asked for",
    "differs": "repeated with the same seed, its cost was 1021.5 and not 1019.25",
}


def records(
    problem: str = "k_medoids",
    cases: Sequence[str] = tuple(CASES),
    solvers: Sequence[str] = tuple(SOLVERS),
    seeds: int = 5,
    timed: bool = True,
) -> Iterator[Record]:
    """Traces of every solver, case and seed, and a timing of each that runs."""
    rng = np.random.default_rng(1)
    environment = machine.identity(machine.facts())
    for place, case in enumerate(cases):
        n, k = CASES[case]
        for label in solvers:
            sketch = SOLVERS[label]
            blank = Record(
                kind="trace",
                problem=problem,
                solver=label.partition("[")[0],
                label=label,
                role=sketch.role,
                parameters=sketch.parameters,
                case=case,
                instance=f"digest-of-{case}",
                sizes={"n": n, "k": k},
                seed=None,
                status="skipped",
                message=MESSAGES["skipped"],
                environment=environment,
                budget={"timeout": 60.0},
            )
            flags = sketch.flags if place % 3 == 0 else ()
            traces = [_trace(blank, sketch, seed, rng) for seed in range(seeds)]
            for trace in traces:
                trace.flags = [f"{flag}: {SAID[flag]}" for flag in flags if flag != "unstable"]
                trace.verified = None if trace.seed else "differs" not in flags
            yield from traces
            if timed and any(trace.status == "ok" for trace in traces):
                yield _timing(blank, sketch, rng, "unstable" in flags)


def _usual_seconds(record: Record, sketch: Sketch) -> float:
    n, k = record.sizes["n"], record.sizes["k"]
    return float(sketch.seconds * (n / 1000) ** sketch.growth * (k / 10) ** sketch.by_k)


def _trace(blank: Record, sketch: Sketch, seed: int, rng: np.random.Generator) -> Record:
    record = dataclasses.replace(blank, seed=seed, key=f"{blank.label}-{blank.case}-{seed}")
    if sketch.fate == "skipped":
        return record
    seconds = _usual_seconds(record, sketch) * rng.lognormal(0, 0.08)
    status = _fate(sketch, record, seconds, rng)
    n, k = record.sizes["n"], record.sizes["k"]
    best = n * (10 / k) ** 0.5
    excess = max(0.0, sketch.cost[0] - 1 + sketch.cost[1] * rng.standard_normal())
    excess *= (k / 10) ** 0.3 if sketch.cost[1] else 1
    points = max(1, int(8 * np.log10(1 + seconds * 1e4)))
    moments = np.geomspace(max(seconds / 200, 5e-6), seconds, points)
    shape = np.linspace(1, 0, points) ** 3 if points > 1 else np.zeros(1)
    costs = best * (1 + excess + max(0.0, 0.25 - excess) * shape)
    kept = moments <= 60
    record.status, record.message = status, MESSAGES.get(status, "")
    record.trace = [
        [float(t), i, float(c)]
        for i, (t, c) in enumerate(zip(moments[kept], costs[kept], strict=True), 1)
    ]
    record.wall = record.seconds = float(min(seconds, 60.0))
    record.cpu, record.threads = 0.98 * record.seconds, 1
    record.wall += 0.0012
    record.instructions = int(3.1e9 * record.seconds) if k < 50 else None
    record.memory = int(sketch.memory * n + 40_000 * rng.random())
    record.answers, record.why = int(points), "finished"
    if status in ("ok", "timeout") and kept.any():
        record.cost = float(costs[kept][-1])
        record.scores = {"mean_dissimilarity": record.cost / n}
    elif status == "invalid":
        record.trace = []
    else:
        record.trace = record.trace[: points // 2]
    return record


def _fate(sketch: Sketch, record: Record, seconds: float, rng: np.random.Generator) -> str:
    if sketch.fate == "slow" or not sketch.fate:
        return "timeout" if seconds > 60 else "ok"
    if sketch.fate in ("raised", "invalid", "unsupported"):
        return sketch.fate if sketch.fate == "raised" or record.sizes["k"] > 3 else "ok"
    return sketch.fate if record.sizes["n"] > 4000 and rng.random() < 0.4 else "ok"


def _timing(blank: Record, sketch: Sketch, rng: np.random.Generator, unstable: bool) -> Record:
    record = dataclasses.replace(blank, kind="timing", key=f"{blank.label}-{blank.case}")
    seconds = _usual_seconds(record, sketch)
    if seconds > 7:
        record.message = (
            f"one solve takes {seconds:.3g} s, so three exceed what a timing may cost "
            "(10 s; --timing-budget raises it)"
        )
        return record
    record.values = (seconds * rng.lognormal(0, 0.04, 15)).tolist()
    record.seconds = float(np.median(record.values))
    record.status, record.message = "ok", ""
    record.precision, record.why = (0.14, "seconds") if unstable else (0.031, "precise")
    record.flags = [f"unstable: {SAID['unstable']}"] if unstable else []
    return record


def header(problem: str = "k_medoids", **facts: Any) -> dict[str, Any]:
    """What `bench run` writes into run.json."""
    environment = machine.facts()
    title = "k-medoids" if problem == "k_medoids" else problem
    return {
        "command": f"bench run {problem} --suite standard --seeds 5",
        "machine": "3f2a90c1d7e4",
        "environments": {machine.identity(environment): environment},
        "problems": {
            problem: {
                "title": title,
                "cost_name": "total deviation",
                "compare": "ratio",
                "rank_by": "cost",
                "size": "n",
                "kind": "batch",
                "doc": "k-medoids: choose k of n objects so that all are near one of them.",
            }
        },
        **facts,
    }


def write(results: Path, made: Iterator[Record], **facts: Any) -> RunFolder:
    """Write records into a new run folder, as a run that ended would leave it."""
    folder = RunFolder(results, {**header(), **facts})
    for record in made:
        folder.append(record)
    folder.close(ended="finished")
    return folder


if __name__ == "__main__":
    import sys

    write(Path(sys.argv[1]), records())
