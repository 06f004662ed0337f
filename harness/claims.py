"""What papers claim, held against the records: a verdict is computed, and never stored or set.

A verdict rests on the records of one machine that its claim names: of each run the latest under
the claim's own limits, else the latest there is. It says which they are, and whether the code that
made them is still the code at hand.
"""

from __future__ import annotations

import dataclasses
import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness import claim_notes
from harness.catalogue import Catalogue
from harness.claim import UNTESTABLE, VERDICTS, Claim, CostGap, Level, Quantity
from harness.estimates import Estimate, estimate, kinds
from harness.loading import PluginError, Source, load_module
from harness.readings import Missing, Unmeasurable
from harness.record import ONLINE_TIMES
from harness.selectors import Misuse, nearest
from harness.statistics.board import Board
from harness.statistics.leaderboard import Rules
from harness.statistics.shelf import claim_files
from harness.verdicts import despite_failures, verdict

__all__ = ["VERDICTS", "Judged", "Stated", "judged", "stated", "wanted"]


@dataclass(frozen=True)
class Stated:
    """A claim, and the problem whose folder states it; none where it is about no board."""

    problem: str
    claim: Claim

    @property
    def key(self) -> str:
        """Its name among all claims."""
        return f"{self.problem}/{self.claim.name}" if self.problem else self.claim.name

    @property
    def command(self) -> str:
        """What measures it once more."""
        return shlex.join(["bench", "claims", self.key, "--again"])


@dataclass(frozen=True)
class Judged:
    """A claim with what the records say of it.

    Attributes:
        problem, key, paper, statement, figure, setting: of the claim; `quantity` in words.
        verdict: one of `VERDICTS`; None where what it needs was not run yet.
        measured, low, high: the quantity and its 95 % interval; None where there is none.
        form: how these are written, one of `harness.findings.FORMS`.
        reproduced: the range that counts as reproduced.
        why: the verdict's reason, a sentence.
        records: RUN/KEY of the records behind it, as `bench replay` takes them.
        command: what measures it once more.
        solvers: names of the solvers' files. runs: how many values the estimate rests on.
    """

    problem: str
    key: str
    paper: str
    statement: str
    figure: str
    setting: str
    quantity: str
    verdict: str | None
    measured: float | None
    low: float | None
    high: float | None
    form: str
    reproduced: tuple[float, float]
    why: str
    records: tuple[str, ...]
    command: str
    solvers: tuple[str, ...]
    runs: int = 0


def stated(catalogue: Catalogue) -> tuple[list[Stated], list[str]]:
    """All claims at hand, and what could not be used of their files."""
    found: dict[str, Stated] = {}
    complaints: list[str] = []
    for problem, source in [*catalogue.claims, *(("", one) for one in claim_files(catalogue))]:
        try:
            claims = _read(source, problem, catalogue)
        except PluginError as error:
            complaints.append(str(error))
            continue
        for one in claims:
            if one.key in found:
                complaints.append(
                    f"{source.file}: the claim {one.key!r} is stated twice; rename one"
                )
            found.setdefault(one.key, one)
    return list(found.values()), complaints


def _read(source: Source, problem: str, catalogue: Catalogue) -> list[Stated]:
    module = load_module(source)
    problem = problem or getattr(module, "PROBLEM", "")
    claims = getattr(module, "CLAIMS", None)
    if not isinstance(claims, list | tuple) or not all(isinstance(one, Claim) for one in claims):
        raise PluginError(
            f"{source.file} states no claims; expected CLAIMS = [Claim(...), ...] "
            "of harness.api.Claim"
        )
    for claim in claims:
        if claim.quantity is not None and type(claim.quantity) not in set(kinds()):
            raise PluginError(
                f"{source.file}: nothing estimates the quantity of {claim.name!r}; expected one of "
                f"{', '.join(sorted(kind.__name__ for kind in kinds()))}"
            )
    tested = any(one.quantity is not None for one in claims)
    if (problem or tested) and problem not in catalogue.problems:
        known = ", ".join(sorted(catalogue.problems)) or "none"
        raise PluginError(
            f"{source.file} states claims about {problem or 'no problem'!r}; expected a folder of "
            f'a problem, or PROBLEM = "..." in the file, one of: {known}'
        )
    return [Stated(problem, claim) for claim in claims]


def wanted(claims: Sequence[Stated], names: Iterable[str]) -> list[Stated]:
    """The claims of papers, problems, or by their own names; all where none is named.

    Raises:
        Misuse: for a name that is none of these; names the nearest.
    """
    chosen: dict[str, Stated] = {}
    names = list(names)
    for name in names:
        found = [
            one for one in claims if name in (one.key, one.claim.name, one.claim.paper, one.problem)
        ]
        if not found:
            known = {one.key for one in claims} | {one.claim.paper for one in claims}
            hint = nearest(name, known) or "`bench claims --list` shows them all"
            raise Misuse(f"there is no claim, and no paper with claims, named {name!r}; {hint}")
        chosen.update({one.key: one for one in found})
    return list(chosen.values()) if names else list(claims)


def judged(
    catalogue: Catalogue,
    frame: pd.DataFrame,
    problems: Mapping[str, Rules] | None = None,
    claims: Sequence[Stated] | None = None,
    runs: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Judged]:
    """Hold claims against records.

    Args:
        catalogue: what is installed.
        frame: all records of one machine, as `tables.with_reference` returns them; a later record
            of a run may stand beside an earlier one.
        problems: how each problem is ranked; by default as its class says.
        claims: which; all that are stated by default.
        runs: the runs' headers, which tell what a claim said when it was measured.
    """
    if claims is None:
        claims = stated(catalogue)[0]
    rules = dict(problems or {})
    keys: dict[Source, str] = {}
    found = [_judge(catalogue, frame, rules, one, keys, runs or {}) for one in claims]
    return [_in_its_unit(one, known, rules) for one, known in zip(claims, found, strict=True)]


def _in_its_unit(one: Stated, found: Judged, rules: Mapping[str, Rules]) -> Judged:
    """Some latencies are levels; a gap in cost is no share where costs compare by difference."""
    known, quantity = rules.get(one.problem), one.claim.quantity
    if isinstance(quantity, Level) and quantity.score in ONLINE_TIMES:
        return dataclasses.replace(found, form="time")
    if isinstance(quantity, CostGap) and known and known.compare == "difference":
        return dataclasses.replace(found, form="gap")
    return found


def _judge(
    catalogue: Catalogue,
    frame: pd.DataFrame,
    rules: dict[str, Rules],
    one: Stated,
    keys: dict[Source, str],
    runs: Mapping[str, Mapping[str, Any]],
) -> Judged:
    claim = one.claim
    quantity = claim.quantity
    if quantity is None:
        return _result(one, UNTESTABLE, claim.untestable)
    rows = _rows_of(frame, one)
    skipped = rows[rows["status"] == "skipped"]
    lost = skipped[skipped["kind"] == "trace"]
    if len(lost):
        first = lost.iloc[0]
        why = f"{first['label']} could not be run: {first['message']}"
        return _result(one, UNTESTABLE, why, rows)
    if one.problem not in rules:
        problem = catalogue.problem(one.problem).load()
        rules[one.problem] = Rules(problem.compare, problem.rank_by)

    def board(some: pd.DataFrame) -> Board:
        labels = pd.DataFrame({"label": [s for s in quantity.solvers if s in set(some["label"])]})
        return Board(some, one.problem, rules[one.problem], table=labels)

    try:
        found = estimate(quantity, board(rows))
    except Unmeasurable as error:
        return _result(one, UNTESTABLE, f"These runs can't tell it: {error}.", rows)
    except Missing as missing:
        if len(skipped):
            first = skipped.iloc[0]
            why = f"{first['label']} was not timed on {first['case']}: {first['message']}"
            return _result(one, UNTESTABLE, why, rows)
        return _result(one, None, f"Not run yet: {missing}.", rows.iloc[:0])
    said, why = despite_failures(claim, verdict(claim, found), rows, board)
    told = claim_notes.notes(catalogue, rows, one.key, one.problem, claim, runs, keys)
    text = why + "".join(f" Note: {note}." for note in [*found.notes, *told])
    return _result(one, said, text, rows, found)


def _rows_of(frame: pd.DataFrame, one: Stated) -> pd.DataFrame:
    """The records that a claim rests on, each run once."""
    claim, quantity = one.claim, one.claim.quantity
    assert quantity is not None
    kinds = ("trace", "timing") if quantity.timed else ("trace",)
    rows = frame[
        (frame["problem"] == one.problem)
        & frame["label"].isin(quantity.solvers)
        & frame["case"].isin(quantity.cases)
        & frame["kind"].isin(kinds)
        & (frame["seed"].isna() | (frame["seed"].astype(float) < claim.seeds))
    ]
    own = [claim_notes.has_limits(budget, claim) for budget in rows["budget"]]
    rows = rows.sort_values("as_of", kind="stable").assign(_own=pd.Series(own, rows.index))
    made = rows[rows["instance"] != ""]
    latest = made.groupby("case")["instance"].last()  # what a case is may have changed since
    rows = rows[rows["instance"].eq("") | (rows["instance"] == rows["case"].map(latest))]
    ordered = rows.sort_values("_own", kind="stable")
    same = ["kind", "label", "case", "seed"]
    return ordered.drop_duplicates(same, keep="last").drop(columns="_own")


def _result(
    one: Stated,
    verdict: str | None,
    why: str,
    rows: pd.DataFrame | None = None,
    found: Estimate | None = None,
) -> Judged:
    claim, quantity = one.claim, one.claim.quantity
    known = found.interval if found is not None else None
    return Judged(
        problem=one.problem,
        key=one.key,
        paper=claim.paper,
        statement=claim.statement,
        figure=claim.figure,
        setting=claim.setting,
        quantity=quantity.words if quantity is not None else "",
        verdict=verdict,
        measured=_number(known.value) if known else None,
        low=_number(known.low) if known else None,
        high=_number(known.high) if known else None,
        form=quantity.form if quantity is not None else "text",
        reproduced=claim.reproduced,
        why=why,
        records=_addresses(rows, quantity) if rows is not None and quantity is not None else (),
        command=one.command,
        solvers=tuple(dict.fromkeys(name.partition("[")[0] for name in quantity.solvers))
        if quantity is not None
        else (),
        runs=found.runs if found is not None else 0,
    )


def _addresses(rows: pd.DataFrame, quantity: Quantity) -> tuple[str, ...]:
    """The records of the kind that the quantity is measured by."""
    kind = "timing" if quantity.timed else "trace"
    chosen = rows[rows["kind"] == kind]
    return tuple(f"{row.run}/{str(row.key)[:12]}" for row in chosen.itertuples())


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def as_json(one: Judged) -> dict[str, object]:
    """A judged claim for other programs; `interval` is null where there is none.

    JSON knows no infinite number: it is the text "Infinity" or "-Infinity", and null is none.
    """
    said = dataclasses.asdict(one)
    low, high = said.pop("low"), said.pop("high")
    said["measured"] = _in_json(one.measured)
    said["interval"] = None if low is None or high is None else [_in_json(low), _in_json(high)]
    said["reproduced"] = [_in_json(end) for end in one.reproduced]
    return said


def _in_json(value: float | None) -> float | str | None:
    if value is None or not math.isinf(value):
        return value
    return "Infinity" if value > 0 else "-Infinity"
