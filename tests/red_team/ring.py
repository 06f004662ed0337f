"""Where the trials are run: as `bench run` would, one plugin at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from unittest.mock import patch

from harness import measure, plan
from harness.catalogue import Catalogue
from harness.declare import Declarer
from harness.isolate import Worker
from harness.loading import PluginError
from harness.paths import cache_folder
from harness.plan import Plan, instance
from harness.record import Record
from harness.timing import Effort, Timer

from .trials import PACKS, Trial


class _Narrow(Worker):
    """A worker with limits that `bench run` has no option for."""

    trial: Trial

    def run(self, job, limits, *more, **named):  # type: ignore[no-untyped-def]
        trial = self.trial
        limits = replace(limits, setup=trial.setup)
        if trial.disk is not None:
            limits = replace(limits, disk=trial.disk)
        return super().run(job, limits, *more, **named)


class Ring:
    """Runs trials. Use it as a context manager.

    Args:
        scratch: a folder for the catalogue's index.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._worker = _Narrow(threads=1)

    def __enter__(self) -> Ring:
        self._worker.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._worker.__exit__(kind, error, trace)

    def plan(self, trial: Trial) -> Plan:
        catalogue = Catalogue([*PACKS, trial.file], self._scratch / "index.json")
        told = f"[cache={cache_folder()}]" if trial.name == "reads_the_cache" else ""
        with patch.object(plan, "Declarer", lambda: Declarer(trial.setup)):
            return plan.make_plan(
                catalogue,
                trial.problem,
                [trial.name + told],
                [],
                "smoke",
                1,
                trial.budget,
                trial.timeout,
                trial.memory,
            )

    def run(self, trial: Trial) -> Record:
        """The record that `bench run` would write of it."""
        self._worker.trial = trial
        try:
            made = self.plan(trial)
        except PluginError as error:  # `bench run` says so, and ends with exit code 2
            return refused(trial, str(error))
        who, case = made.contestants[0], made.cases[0]
        stored = instance(made, case)
        record = measure.trace(self._worker, made, who, case, stored, 0, trial.again)
        if not trial.timed:
            return record
        timer = Timer(Effort(rounds=3, values=3, seconds=2.0, precision=None))
        expected = {who.label: record.seconds or 0.0}
        (timing,) = timer.case(made, case, stored, expected)
        return timing


def refused(trial: Trial, why: str) -> Record:
    """The row of a solver whose file can't be used."""
    return Record(
        kind="trace",
        problem=trial.problem,
        solver=trial.name,
        label=trial.name,
        role="baseline",
        parameters={},
        case="",
        instance="",
        sizes={},
        seed=0,
        status="skipped",
        message=why,
    )


def told(record: Record) -> str:
    """What a reader of the results sees of a row."""
    lines = record.message.strip().splitlines() or [""]
    sentence = lines[-1].strip() if record.status == "raised" else " ".join(lines)
    if len(sentence) > 160:
        sentence = f"{sentence[:80]} … {sentence[-70:]}"
    if record.status == "timeout" and record.wall:
        over = record.wall - record.budget["timeout"]
        sentence += f" ({over:.2f} s later)" if over > 0 else ""
    if record.status == "ok":
        sentence = f"cost {record.cost:.3g} in {record.seconds:.3g} s"
        if record.calls:
            sentence += f", {record.calls} calls"
    return "; ".join([f"{record.status}: {sentence}" if sentence else record.status, *record.flags])
