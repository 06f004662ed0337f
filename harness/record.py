"""The record: one flat row per run, from which every table, chart and verdict is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SCHEMA = 1
KINDS = ("trace", "timing")
STATUSES = ("ok", "timeout", "memory", "crashed", "raised", "invalid", "unsupported", "skipped")
# Scores in seconds, which the harness takes itself where the problem is online: half of the
# answers came sooner than the first, 99 % sooner than the second, and all of them after the third.
ONLINE_TIMES = ("latency_p50", "latency_p99", "build_seconds")

# What a reader is warned of in a row that counts nevertheless; a flag in a record is written
# "name: sentence", where the sentence tells the figures of that run.
FLAGS = {
    "threads": "it used more threads or processors than it was allowed",
    "clock": "its own clock and the harness's disagree a little more than noise explains",
    "disturbed": "something else kept the machine busy while it ran",
    "unstable": "its interval is still wider than asked for, though the time for it is spent",
    "differs": "the same run, repeated, gave something else",
    "warm": "the first solve in a process takes far longer than those after it",
}


@dataclass
class Record:
    """One run of one solver on one case with one seed.

    Attributes:
        kind: "trace" (one isolated run, its answers scored) or "timing" (a pyperf benchmark).
        problem, solver, case: names; `label` is the solver with what differs from its defaults.
        parameters: of the solver, all of them.
        instance: digest of the instance's content.
        sizes: the numbers by which growth is charted.
        seed: of the solver's generator; None for a timing, which uses several.
        status: one of `STATUSES`; `message` is the sentence for the reader.
        cost, scores: of the answer that counts, computed by the problem from the answer.
        optimum: the exact least cost, where known.
        items: which test items that answer got right, as the problem tells it (see
            `harness.items`); "" where the problem has no items.
        answer: digest of that answer in the problem's normal form; "" in older records.
        seconds: the solver's own time; for a timing the median of its values.
        cpu: processor seconds in that time. memory: bytes beyond what was there at the start.
        wall: seconds as the parent saw them. threads: most that were seen, those of libraries
            that were there before the start left out.
        calls, answers: how many. why: what ended the run.
        trace: [seconds, calls, cost] of each point kept.
        values: seconds per solve of each value of a timing, in the order of the processes.
        processes: of a timing: worker processes that gave its values, each as many.
        precision: of a timing: width of the 95 % interval of its ratio to the case's fastest,
            relative to that ratio.
        instructions: of the processor in the solve, user mode; None where it does not count them.
        waited: seconds in which it could have run but had no processor.
        drift: time of a fixed piece of work around the run / its usual time in this `bench run`.
        verified: whether the run, repeated, did the same; None where it was not repeated.
        flags: what a reader is warned of, each "name: sentence" with a name of `FLAGS`.
        sources: keys of the problem's and the solver's source, told in run.json.
        environment: id of the environment in run.json. key: digest of all that decides the result.
    """

    kind: str
    problem: str
    solver: str
    label: str
    role: str
    parameters: dict[str, Any]
    case: str
    instance: str
    sizes: dict[str, float]
    seed: int | None
    status: str
    message: str = ""
    cost: float | None = None
    scores: dict[str, float] = field(default_factory=dict)
    optimum: float | None = None
    items: str = ""
    answer: str = ""
    seconds: float | None = None
    cpu: float | None = None
    wall: float | None = None
    memory: int | None = None
    threads: int | None = None
    calls: int | None = None
    answers: int | None = None
    why: str = ""
    trace: list[list[float]] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    processes: int | None = None
    precision: float | None = None
    instructions: int | None = None
    waited: float | None = None
    drift: float | None = None
    verified: bool | None = None
    flags: list[str] = field(default_factory=list)
    sources: dict[str, str] = field(default_factory=dict)
    budget: dict[str, Any] = field(default_factory=dict)
    environment: str = ""
    key: str = ""
    started: str = ""
    schema: int = SCHEMA

    def invalidate(self, message: str) -> None:
        """Make it `invalid`: nothing that was scored of it counts."""
        self.status, self.message = "invalid", message
        self.cost, self.scores, self.trace = None, {}, []
        self.items = self.answer = ""
