"""What a reader must know of the records behind a verdict: failed, missing, stale, mixed.

A claim may be edited once its result is seen. Runs that were made for a claim tell the digest of
what it said then; where it says something else now, a note tells so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from harness.catalogue import Catalogue
from harness.claim import Claim, Growth, Quantity, Speedup, SpeedupGrowth
from harness.keys import record_key, sources_of
from harness.loading import Source

if TYPE_CHECKING:
    import pandas as pd

_TIMES = (Speedup, SpeedupGrowth, Growth)
_NOT_LIMITS = ("timeout", "seconds", "threads", "memory", "effort")


def header(key: str, claim: Claim) -> dict[str, Any]:
    """What run.json tells of the claim for which a run was made."""
    return {"claim": {"key": key, "digest": digest(claim)}}


def digest(claim: Claim) -> str:
    """Digest of what is measured and of the ranges that decide; words are not in it.

    Fields of a quantity that have their default are left out, so that a new one changes nothing.
    """
    quantity = claim.quantity
    given = {} if quantity is None else _given(quantity)
    kind = type(quantity).__name__
    ranges = [list(map(str, ends)) for ends in (claim.reproduced, claim.range_that_holds)]
    return record_key({"kind": kind, "given": given, "ranges": ranges})


def _given(quantity: Quantity) -> dict[str, Any]:
    found = {
        field.name: getattr(quantity, field.name)
        for field in dataclasses.fields(quantity)
        if getattr(quantity, field.name) != field.default
    }
    return {**found, "on": list(quantity.cases)}


def has_limits(budget: Mapping[str, Any], claim: Claim) -> bool:
    """Whether a record was made under the limits that its claim asks for."""
    return (
        budget.get("timeout") == claim.timeout
        and budget.get("seconds") == claim.budget
        and budget.get("threads", 1) == 1
        and budget.get("memory") is None
        and not set(budget) - set(_NOT_LIMITS)  # no limit of another kind
    )


def notes(
    catalogue: Catalogue,
    rows: pd.DataFrame,
    key: str,
    problem: str,
    claim: Claim,
    runs: Mapping[str, Mapping[str, Any]],
    keys: dict[Source, str],
) -> Iterator[str]:
    """Sentences without their full stops.

    Args:
        catalogue: what is installed.
        rows: the records behind the verdict.
        key, problem, claim: the claim's name, its problem, and itself.
        runs: run -> its header; may be empty.
        keys: source -> its digest, of those looked up before; filled.
    """
    yield from _failed(rows)
    yield from _partly(rows, claim)
    yield from _stale(catalogue, rows, problem, keys)
    other = sum(not has_limits(budget, claim) for budget in rows["budget"])
    if other:
        yield f"{other} of the runs were made under other limits than the claim's"
    yield from _apart(rows, claim)
    said = [runs.get(run, {}).get("claim") for run in dict.fromkeys(rows["run"])]
    mine = [one for one in said if isinstance(one, dict) and one.get("key") == key]
    if any(one.get("digest") != digest(claim) for one in mine):
        yield "the claim was changed after it was measured"


def _failed(rows: pd.DataFrame) -> Iterator[str]:
    """Who failed, and how often; runs at their time limit are told of apart."""
    for kind, what in (("trace", "runs"), ("timing", "timings")):
        some = rows[(rows["kind"] == kind) & (rows["status"] != "skipped")]
        for label, group in some.groupby("label", sort=False):
            lost = group.loc[group["status"] != "ok", "status"]
            if len(lost):
                how = ", ".join(f"{many} {status}" for status, many in lost.value_counts().items())
                yield f"{len(lost)} of {len(group)} {what} of {label} failed ({how})"


def _partly(rows: pd.DataFrame, claim: Claim) -> Iterator[str]:
    """Which solvers and cases have fewer seeds than the claim asks for."""
    traces = rows[rows["kind"] == "trace"]
    few = [
        (label, case, len(group))
        for (label, case), group in traces.groupby(["label", "case"], sort=False)
        if len(group) < claim.seeds
    ]
    if few:
        label, case, there = min(few, key=lambda one: one[2])
        more = f", and too few of {len(few) - 1} more" if len(few) > 1 else ""
        yield f"only {there} of {claim.seeds} seeds of {label} on {case} were run{more}"


def _stale(
    catalogue: Catalogue, rows: pd.DataFrame, problem: str, keys: dict[Source, str]
) -> Iterator[str]:
    """Whose source is another than when the records were made."""
    entries: dict[str, Any] = {
        stem: catalogue.solvers.get(f"{problem}/{stem}") for stem in dict.fromkeys(rows["solver"])
    }
    entries[""] = catalogue.problems.get(problem)
    now = {name: _key(entry.source, keys) for name, entry in entries.items() if entry is not None}
    told = [row.sources or {} for row in rows.itertuples()]
    changed = {
        stem
        for stem, sources in zip(rows["solver"], told, strict=True)
        if stem in now and sources.get("solver", "") != now[stem]
    }
    if changed:
        yield f"the source of {' and '.join(sorted(changed))} has changed since; run it again"
    if "" in now and any(sources.get("problem", "") != now[""] for sources in told):
        yield "the source of the problem has changed since; run it again"


def _key(source: Source, keys: dict[Source, str]) -> str:
    if source not in keys:
        keys[source] = sources_of(source).key
    return keys[source]


def _apart(rows: pd.DataFrame, claim: Claim) -> Iterator[str]:
    """Runs that are compared though something lies between them."""
    quantity = claim.quantity
    assert quantity is not None
    many = rows["environment"].nunique()
    if many > 1:
        yield f"the runs are of {many} environments (commits, or versions of software)"
    if isinstance(quantity, _TIMES):
        kind = "timing" if quantity.timed else "trace"
        timed = rows[rows["kind"] == kind]
        for case in quantity.cases:
            here = timed[timed["case"] == case]
            sets = {frozenset(group["run"]) for _, group in here.groupby("label")}
            if len(sets) > 1:
                yield (
                    "solver and rival were timed in different runs, between which the machine may "
                    "have changed"
                )
                return
