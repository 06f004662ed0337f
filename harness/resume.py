"""What of a plan is there already, what is to be run, and why.

A record is there when it was made on the same machine and its key, the digest of all that decides
a run, is the one that the run would have. Of a run that has to be done, the latest record of the
same solver, case and seed says why: what of its key's parts is another now.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.api import InvalidCase
from harness.executors.local import Options, settled
from harness.keys import Sources
from harness.plan import Contestant, Plan, blank, instance
from harness.record import Record
from harness.store import Results

Identity = tuple[Any, ...]

BOARDS = ("",)  # the purpose of runs that count on the boards of defaults


@dataclass(frozen=True)
class Item:
    """One run of a plan: as it is planned, the record of it that is there, or why it is run.

    `hidden`: a later record of the same solver, case and seed is what tables show.
    """

    planned: Record
    there: Mapping[str, Any] | None
    why: str
    hidden: bool = False

    @property
    def what(self) -> str:
        """The run in words."""
        seed = "timing" if self.planned.seed is None else f"seed {self.planned.seed}"
        return f"{self.planned.label} on {self.planned.case}, {seed}"

    def as_json(self) -> dict[str, Any]:
        """The item for other programs."""
        names = ("problem", "label", "case", "seed", "kind", "key")
        known = {name: getattr(self.planned, name) for name in names}
        return {**known, "kept": self.there is not None, "why": self.why}


@dataclass
class Survey:
    """All runs of some plans."""

    items: list[Item] = field(default_factory=list)

    @property
    def kept(self) -> dict[str, Mapping[str, Any]]:
        """Key -> the record that is there."""
        return {item.planned.key: item.there for item in self.items if item.there is not None}

    @property
    def hidden(self) -> dict[str, list[str]]:
        """Run -> keys of the records that are there, but not what tables show."""
        found: dict[str, list[str]] = {}
        for item in self.items:
            if item.there is not None and item.hidden:
                found.setdefault(item.there["run"], []).append(item.there["key"])
        return found

    @property
    def missing(self) -> int:
        """How many runs are to be done."""
        return sum(item.there is None for item in self.items)


def survey(
    plans: Iterable[Plan],
    options: Options,
    loaded: Results,
    machine: str,
    purposes: Container[str] | None = BOARDS,
) -> Survey:
    """Hold plans against what a results folder holds.

    Args:
        plans: what is to be there in the end; their instances are made, as keys depend on them.
        options: how it would be run.
        loaded: what is there.
        machine: identity of this machine; records of others don't count.
        purposes: of the runs whose records count, empty for those of boards; None for all.

    Returns:
        every run of the plans in order, timings after the traced runs of their case. A timing of a
        solver none of whose traced runs ended well is no run: there would be none.
    """
    past = _Past(loaded, machine, purposes)
    found = Survey()
    for plan in plans:
        mine = options.of(plan)
        found.items += _survey_plan(settled(plan, mine), mine.effort is not None, past)
    return found


def _survey_plan(plan: Plan, timed: bool, past: _Past) -> Iterator[Item]:
    for case in plan.cases:
        try:
            stored, message = instance(plan, case), ""
        except InvalidCase as error:
            stored, message = None, str(error)
        timings = []
        for who in plan.contestants:
            traces = []
            for seed in plan.seeds:
                planned = blank(plan, who, case, stored, seed, "trace")
                planned.message = message or planned.message
                traces.append(past.item(plan, who, planned, decided=True))
            yield from traces
            if timed and stored is not None and not who.refusal and _runs_well(traces):
                planned = blank(plan, who, case, stored, None, "timing")
                # Whether a timing is too dear is decided again where the traces are others.
                decided = all(item.there is not None for item in traces)
                timings.append(past.item(plan, who, planned, decided))
        yield from timings


def _runs_well(traces: Sequence[Item]) -> bool:
    return any(
        item.there is None or (item.there["status"] == "ok" and item.there["seconds"] is not None)
        for item in traces
    )


class _Past:
    """The records of a results folder, by key and by what they are about; the latest counts."""

    def __init__(self, loaded: Results, machine: str, purposes: Container[str] | None) -> None:
        made_for = loaded.aside()
        self._runs = loaded.runs
        self._by_key: dict[str, dict[str, Any]] = {}
        self._here: dict[Identity, dict[str, Any]] = {}
        self._elsewhere: set[Identity] = set()
        for record in _in_order(loaded):
            if purposes is not None and made_for.get(record["run"], "") not in purposes:
                continue
            who = identity(record)
            if loaded.runs[record["run"]].get("machine") == machine:
                self._by_key[record["key"]] = record
                self._here[who] = record
            else:
                self._elsewhere.add(who)

    def item(self, plan: Plan, who: Contestant, planned: Record, decided: bool) -> Item:
        """Look a planned run up.

        Args:
            plan, who: to which it belongs.
            planned: its blank record; its message is the reason why it would be skipped.
            decided: whether a timing that was skipped would be skipped again.
        """
        old = self._by_key.get(planned.key)
        about = identity(vars(planned))
        latest = self._here.get(about)
        if old is not None and identity(old) == about and _counts(old, planned, decided):
            return Item(planned, old, f"in {old['run']}", latest is not old)
        if latest is None:
            other = about in self._elsewhere
            return Item(planned, None, "only run on another machine" if other else "never run here")
        return Item(planned, None, self._reason(latest, plan, who, planned))

    def _reason(self, old: Mapping[str, Any], plan: Plan, who: Contestant, planned: Record) -> str:
        if old["status"] == "skipped":
            return f"it was skipped: {_last_line(old['message'])}"
        if planned.message:
            return f"it can't be run now: {_last_line(planned.message)}"
        header = self._runs[old["run"]]
        found = source_changes(header, old, "solver", who.sources)
        found += source_changes(header, old, "problem", plan.sources)
        if old["instance"] != planned.instance:
            found.append("the case's instance changed")
        parameters = json.loads(json.dumps(planned.parameters))  # as they are when read back
        found += _changes("parameters", old["parameters"], parameters)
        found += _changes("limits", _flat(old["budget"]), _flat(planned.budget))
        return "; ".join(dict.fromkeys(found)) or "its key was computed in another way"


def _in_order(loaded: Results) -> Iterable[dict[str, Any]]:
    """The records, the one that counts last: they come in the order of the runs' names."""
    kept = loaded.kept()
    if not kept:
        return loaded.records
    return sorted(loaded.records, key=lambda row: kept.get((row["run"], row["key"]), row["run"]))


def _last_line(message: str) -> str:
    return (message.strip().splitlines() or ["no reason is told"])[-1]


def identity(record: Mapping[str, Any]) -> Identity:
    """What a record is about, whatever decided it."""
    return tuple(record[name] for name in ("problem", "label", "case", "seed", "kind"))


def _counts(old: Mapping[str, Any], planned: Record, decided: bool) -> bool:
    """Whether a record of the same key makes the run superfluous."""
    if old["status"] != "skipped":
        return True
    return decided if planned.kind == "timing" else old["message"] == planned.message


def source_changes(
    header: Mapping[str, Any], old: Mapping[str, Any], whose: str, now: Sources | None
) -> list[str]:
    """What of a source is another than when a record was made, a few words each.

    Args:
        header: run.json of the record's run, which tells the parts of the source.
        old: the record.
        whose: "solver" or "problem".
        now: the source as it is.
    """
    owner = {"solver": "its", "problem": "the problem's"}[whose]
    key = old["sources"].get(whose, "")
    if now is None or key == now.key:
        return []
    if not key:
        return [f"the record does not tell {owner} source"]
    parts = _parts_of(header, key)
    found = _differences(parts, now.as_json(), owner) if parts else []
    return found or [f"{owner} source changed"]


def _parts_of(header: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The parts of a source as a header tells them; empty where it does not, or tells nonsense."""
    known = header.get("sources")
    parts = known.get(key) if isinstance(known, dict) else None
    if not isinstance(parts, dict):
        return {}
    found: dict[str, Any] = {name: _texts(parts.get(name)) for name in _PARTS}
    for name in _VERSIONS:
        found[name] = parts[name] if isinstance(parts.get(name), str) else ""
    return found


_PARTS = ("files", "kernels", "libraries")
_VERSIONS = {"python": "Python", "harness": "harness"}


def _texts(value: Any) -> dict[str, str]:
    pairs = value.items() if isinstance(value, dict) else ()
    return {name: text for name, text in pairs if isinstance(text, str)}


def _differences(old: Mapping[str, Any], now: Mapping[str, Any], owner: str) -> list[str]:
    found = []
    files = _unequal(old["files"], now["files"])
    if files:
        found.append(f"{owner} source changed: {', '.join(files)}")
    found += [f"kernel {name} changed" for name in _unequal(old["kernels"], now["kernels"])]
    for name in _unequal(old["libraries"], now["libraries"]):
        versions = [parts["libraries"].get(name, "none") for parts in (old, now)]
        found.append(f"library {name} {versions[0]} -> {versions[1]}")
    for name, words in _VERSIONS.items():
        if old[name] != now[name]:
            found.append(f"{words} {old[name] or 'unknown'} -> {now[name]}")
    return found


def _unequal(old: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [name for name in sorted({*old, *now}) if old.get(name) != now.get(name)]


def _changes(what: str, old: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    names = _unequal(old, now)
    said = [f"{name} {_shown(old.get(name))} -> {_shown(now.get(name))}" for name in names]
    return [f"{what} changed: {', '.join(said)}"] if said else []


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else reprlib.repr(value).strip("'")


def _flat(budget: Mapping[str, Any]) -> dict[str, Any]:
    """A budget with what a timing may cost beside the rest."""
    effort = budget.get("effort")
    rest = {name: value for name, value in budget.items() if name != "effort"}
    if not isinstance(effort, dict):
        return rest
    return {**rest, **{f"effort.{name}": value for name, value in effort.items()}}
