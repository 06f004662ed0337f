"""What a solver's file declares, asked in a process of its own.

A plugin's file is never imported by the process that scores answers: on import it could change
the scoring, read the truth or hang. So its class is loaded where runs are, and what comes back is
plain data. This file is problem and solver of that run itself.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.answers import decode, own
from harness.api import InvalidAnswer, Problem, Solver
from harness.catalogue import SolverEntry
from harness.isolate import IsolationError, Limits, Worker, budget_json
from harness.loading import PluginError, Source
from harness.paths import cache_folder
from harness.run import Budget

_HERE = Source(str(Path(__file__))).as_json()
_UNWRITTEN = (
    "its parameters can't be written down ({}); expected finite numbers, texts, true or false, "
    "None, and lists of them: say None for what is without limit"
)


class NotMade(PluginError):
    """The file can be used, but its solver not be made with these parameters."""


class Nothing(Problem):
    """There is nothing to solve."""


@dataclass(frozen=True)
class Declared(Solver):
    """Loads a solver's class and tells its parameters."""

    entry: Mapping[str, Any]
    given: Mapping[str, Any]

    def solve(self, data: Any, rng: np.random.Generator) -> Iterator[Any]:
        """Yield the parameters by name, or what is wrong with the file."""
        source = Source(**self.entry["source"])
        entry = SolverEntry(self.entry["problem"], self.entry["stem"], source, "")
        try:
            solver = entry.load()
        except PluginError as error:
            yield {"error": str(error)}
            return
        try:
            parameters = dataclasses.asdict(solver(**self.given))  # type: ignore[call-overload]
        except (Exception, SystemExit) as error:
            yield {"refusal": f"it can't be made: {type(error).__name__}: {error}"}
            return
        try:
            yield own({"parameters": parameters})
        except InvalidAnswer as error:
            yield {"refusal": _UNWRITTEN.format(error)}


class Declarer:
    """Asks solvers' files what they declare. Use it as a context manager; starts when asked.

    `setup` is the seconds that a file may take to be imported and its solver to be made.
    """

    def __init__(self, setup: float = 30.0) -> None:
        # The import is this job's work; ready to begin it is what the harness itself gets.
        self._limits = Limits(timeout=setup, setup=60.0)
        self._worker: Worker | None = None

    def __enter__(self) -> Declarer:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._worker is not None:
            self._worker.__exit__(*exception)
        self._worker = None

    def parameters(
        self, entry: SolverEntry, given: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """All parameters of a solver that is made with the given ones, by name.

        Raises:
            PluginError: where the file can't be used; `NotMade` where the solver can't be made.
        """
        if entry.error:
            raise PluginError(entry.error)
        said = self._ask(entry, dict(given or {}))
        error, refusal = said.get("error"), said.get("refusal")
        if isinstance(error, str):
            raise PluginError(error)
        if isinstance(refusal, str):
            raise NotMade(refusal)
        parameters = said.get("parameters")
        if not isinstance(parameters, dict):
            raise PluginError(f"{entry.source.file} does not tell its parameters")
        try:
            json.dumps(parameters, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise NotMade(_UNWRITTEN.format(error)) from None
        return parameters

    def _ask(self, entry: SolverEntry, given: dict[str, Any]) -> dict[str, Any]:
        if self._worker is None:
            self._worker = Worker().__enter__()
        about = {"problem": entry.problem, "stem": entry.stem, "source": entry.source.as_json()}
        job = {
            "problem": _HERE,
            "solver": _HERE,
            "parameters": {"entry": about, "given": given},
            "preload": [],
            "hidden": [str(cache_folder())],
            "seed": 0,
            "budget": budget_json(Budget(), None),
        }
        try:
            outcome = self._worker.run(job, self._limits)
            said = decode(outcome.points[-1].answer) if outcome.points else None
        except (IsolationError, ValueError) as error:
            raise PluginError(f"{entry.source.file} can't be loaded: {error}") from None
        if outcome.status == "timeout":
            limit = self._limits.timeout
            raise PluginError(f"{entry.source.file} can't be loaded: not done after {limit:g} s")
        if not isinstance(said, dict):
            raise PluginError(
                f"{entry.source.file} can't be loaded: {outcome.status}: {outcome.message}"
            )
        return said
