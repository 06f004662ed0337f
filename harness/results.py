"""What a results folder holds, once it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.columns import Records

# The purpose in the header of a run that was made for claims, of the trials of `bench tune`, and of
# a run with the settings that these chose.
CLAIMS, TUNING, TUNED = "claims", "tuning", "tuned"
_ASIDE = (CLAIMS, TUNING, TUNED)


@dataclass
class Results:
    """What a results folder holds: headers by run name, records with their run, and complaints."""

    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: Sequence[dict[str, Any]] = field(default_factory=Records)
    complaints: list[str] = field(default_factory=list)
    timings: dict[str, Path] = field(default_factory=dict)

    def kept(self) -> dict[tuple[str, str], str]:
        """Run and key of records -> the last resumed run that put them in newer ones' place.

        A header tells of them as `kept`, run -> keys; only what is of the same machine counts.
        """
        found = {}
        for name in sorted(self.runs):
            told, machine = self.runs[name].get("kept"), self.runs[name].get("machine")
            for run, keys in told.items() if isinstance(told, dict) else ():
                there = run < name and run in self.runs and isinstance(keys, list)
                if there and self.runs[run].get("machine") == machine:
                    found.update({(run, key): name for key in keys if isinstance(key, str)})
        return found

    def aside(self) -> dict[str, str]:
        """The runs that were made for claims or about tuned settings, and their purposes.

        They count for these, and not on the board of the solvers' own defaults.
        """
        purposes = {name: header.get("purpose") for name, header in self.runs.items()}
        return {name: str(one) for name, one in purposes.items() if one in _ASIDE}

    def runs_of(self, problem: str) -> set[str]:
        """The runs that have records of a problem."""
        rows = self.records
        if isinstance(rows, Records):
            pairs = zip(rows.objects("run"), rows.objects("problem"), strict=True)
            return {run for run, name in pairs if name == problem}
        return {row["run"] for row in rows if row["problem"] == problem}

    def problem(self, name: str) -> dict[str, Any]:
        """What the newest run that tells of a problem noted of it; empty where none does."""
        for run in sorted(self.runs, reverse=True):
            problems = self.runs[run].get("problems")
            if isinstance(problems, dict) and isinstance(problems.get(name), dict):
                return dict(problems[name])
        return {}
