"""Where the trials are run: as `bench run` would, one plugin at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType

from harness import measure
from harness.catalogue import Catalogue
from harness.isolate import Worker
from harness.paths import cache_folder
from harness.plan import Plan, instance, make_plan
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
        return make_plan(
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
        plan = self.plan(trial)
        self._worker.trial = trial
        who, case = plan.contestants[0], plan.cases[0]
        stored = instance(plan, case)
        record = measure.trace(self._worker, plan, who, case, stored, 0, trial.again)
        if not trial.timed:
            return record
        timer = Timer(Effort(rounds=3, values=3, seconds=2.0, precision=None))
        expected = {who.label: record.seconds or 0.0}
        (timing,) = timer.case(plan, case, stored, expected)
        return timing
