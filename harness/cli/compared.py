"""What `bench compare` shows: tables for a terminal, Markdown and pages, and the same as JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness import formats
from harness.cli import table as tables
from harness.cli.common import csv_text, interval_text, spaced, wrapped
from harness.cli.drawn import NONE, Shown, markdown, text_of
from harness.comparison import MIXED, Comparison, Mean, Pair, judged, of_sides
from harness.effects import BETTER, LEVEL, NOISE, WORSE, Effect
from harness.report.plain import NAME, plain
from harness.selectors import Misuse
from harness.sides import Found, Side, differences

_MOST = 40  # rows of what changed in a terminal
_NUMBERS = ("value", "low", "high", "p", "count", "verdict")
_FLAT = (
    *("machine", "problem", "a", "b", "case"),
    *(f"{name}_{key}" for name in ("time", "cost") for key in _NUMBERS),
    *("verdict", "status"),
)
_ORDER = (WORSE, MIXED, BETTER, NOISE)


@dataclass(frozen=True)
class Held:
    """Two sides of one machine (or of two, where that was asked for) and what came of it."""

    a: Side
    b: Side
    comparison: Comparison

    @property
    def machine(self) -> str:
        one, other = plain(self.a.machine, NAME), plain(self.b.machine, NAME)
        return f"machine {one}" if one == other else f"machines {one} and {other}"


@dataclass(frozen=True)
class Compared:
    """A whole comparison; `threshold` and `cost_threshold` are shares."""

    kind: str
    held: tuple[Held, ...]
    threshold: float
    cost_threshold: float
    notes: tuple[str, ...]

    @property
    def worse(self) -> bool:
        return any(one.comparison.worse for one in self.held)

    @property
    def changed(self) -> bool:
        return any(one.comparison.changed for one in self.held)

    @property
    def names(self) -> tuple[str, str]:
        """Of A and B, as they are shown."""
        return plain(self.held[0].a.name, NAME), plain(self.held[0].b.name, NAME)

    @property
    def title(self) -> str:
        return f"{self.names[1]} against {self.names[0]}"

    @property
    def verdict(self) -> str:
        """All in a sentence or two."""
        counts: Counter[str] = sum((one.comparison.counts for one in self.held), Counter())
        total = sum(counts.values())
        parts = [f"{counts[name]} {name}" for name in _ORDER if counts[name] or name == WORSE]
        said = f"Of {formats.count(total, 'comparison')}, {', '.join(parts)}."
        whole = [
            mean
            for one in self.held
            for mean in one.comparison.means
            if mean.verdict != NOISE and _is_whole(mean, one.comparison)
        ]
        for mean in whole:
            said += f" Over all cases of {_name(mean.problem)}, {_verdict(mean)}."
        return spaced(said)

    def tables(self, everything: bool = False) -> list[Shown]:
        """For each machine the solvers over their cases, then what changed (or every case)."""
        return [table for one in self.held for table in _tables(one, everything)]

    def text(self, as_markdown: bool, everything: bool, to_file: bool = False) -> str:
        """For a terminal or as Markdown."""
        shown = self.tables(everything)
        if as_markdown:
            notes = "\n".join(f"- {plain(note)}" for note in self.notes)
            return f"{markdown(shown)}\n\n**{self.verdict}**\n\n{notes}\n"
        cut = [_cut(table) for table in shown] if not everything else shown
        terminal = not to_file and tables.terminal()
        said = [wrapped(sentence, terminal) for sentence in (self.verdict, *self.notes)]
        return "\n".join([text_of(cut, terminal), *(line for lines in said for line in lines), ""])

    def csv(self) -> str:
        """Every solver over its cases (without a case) and on each case, with all digits."""
        rows: list[list[Any]] = [[*_FLAT]]
        for held in _machines_json(self.held):
            for one in (*held["means"], *held["pairs"]):
                effects = [one[name] or {} for name in ("time", "cost")]
                numbers = [each.get(key) for each in effects for key in _NUMBERS]
                names = [one[key] for key in ("problem", "a", "b")]
                end = [one["verdict"], one.get("status", "")]
                rows.append([held["machine_b"], *names, one.get("case", ""), *numbers, *end])
        return csv_text(rows)

    def as_json(self) -> dict[str, Any]:
        """For other programs."""
        return {
            "a": self.held[0].a.name,
            "b": self.held[0].b.name,
            "kind": self.kind,
            "level": LEVEL,
            "threshold": self.threshold,
            "cost_threshold": self.cost_threshold,
            "worse": self.worse,
            "changed": self.changed,
            "verdict": self.verdict,
            "notes": list(self.notes),
            "machines": _machines_json(self.held),
        }


def of(
    found: Found,
    problems: Collection[str],
    cases: Collection[str],
    threshold: float,
    cost_threshold: float,
) -> Compared:
    """Compare the sides that were found.

    Raises:
        Misuse: where they have nothing in common.
    """
    held = []
    for a, b in found.pairs:
        whole = of_sides(a, b, found.results, problems, cases)
        held.append(Held(a, b, judged(whole, threshold, cost_threshold)))
    if not any(one.comparison.pairs for one in held):
        reasons = Counter(why for one in held for *_, why in one.comparison.incomparable)
        told = "; ".join(f"{why} ({many})" for why, many in reasons.most_common(3))
        raise Misuse(
            f"{held[0].a.name} and {held[0].b.name} have no case in common that can be compared"
            + (f": {told}" if told else "")
        )
    notes = _notes(found.kind, held, threshold, cost_threshold)
    return Compared(found.kind, tuple(held), threshold, cost_threshold, tuple(notes))


def _notes(kind: str, held: list[Held], threshold: float, cost_threshold: float) -> Iterator[str]:
    """What a reader must know of the numbers."""
    limits = f"{formats.percent(threshold)} in time"
    if cost_threshold:
        limits += f" and {formats.percent(cost_threshold)} in cost"
    yield spaced(
        "Ratios are B / A. One counts where its p-value, corrected by Holm's method, is at most "
        f"5 %, its 95 % interval excludes no change, and it exceeds {limits}."
    )
    if any(one.a.machine != one.b.machine for one in held):
        yield "The sides were measured on different machines: times differ by machine."
    elif kind != "solver":
        yield (
            "Noise is that between processes and seeds; what differed between the runs as a whole, "
            "such as other load, looks like a change."
        )
    if kind == "solver":
        yield "Times are of whole solves: where costs differ, they are not for the same work."
    few = sum(
        math.isnan(effect.p)
        for one in held
        for pair in one.comparison.pairs
        for effect in (pair.time, pair.cost)
        if effect
    )
    if few:
        yield f"{formats.count(few, 'ratio')} rest on too few processes or seeds, and can't count."
    for one in held:
        yield from _reasons(one)
        changed = [f"{what} {a or NONE} → {b or NONE}" for what, a, b in differences(one.a, one.b)]
        if changed and kind != "solver":
            yield plain(f"Also different: {'; '.join(changed)}.")


def _reasons(one: Held) -> Iterator[str]:
    """Why solvers and cases are not compared, those with the same reason together."""
    found: dict[str, list[str]] = {}
    for problem, label, case, why in one.comparison.incomparable:
        found.setdefault(why, []).append(f"{problem}/{label} on {case}")
    for why, where in found.items():
        what = "Compared in part" if why.startswith("no seed") else "Not comparable"
        yield plain(f"{what}: {formats.listed(where, 3)} ({why}).")


def _tables(one: Held, everything: bool) -> Iterator[Shown]:
    pairs = [pair for pair in one.comparison.pairs if everything or pair.verdict != NOISE]
    for problem in dict.fromkeys(mean.problem for mean in one.comparison.means):
        title = f"{_name(problem)}: {_name(one.b.name)} against {_name(one.a.name)}, {one.machine}"
        yield _means(title, [mean for mean in one.comparison.means if mean.problem == problem])
        mine = sorted(
            (pair for pair in pairs if pair.problem == problem),
            key=lambda pair: _ORDER.index(pair.verdict),
        )
        if mine:
            yield _pairs("every case" if everything else "what changed", mine)


def _means(title: str, means: list[Mean]) -> Shown:
    rows = [["solver", "cases", "time B/A", "95 %", "cost B/A", "95 %", "verdict", "by case"]]
    if _differ(means):
        rows[0][4] = "cost B-A"
    for mean in means:
        counts = [f"{mean.verdicts[name]} {name}" for name in _ORDER if mean.verdicts.get(name)]
        rows.append(
            [
                _labels(mean),
                str(mean.cases),
                *_effect(mean.time, "factor"),
                *_effect(mean.cost, "ratio"),
                _verdict(mean),
                ", ".join(counts),
            ]
        )
    return Shown(title, rows, right=(1, 2, 4), wraps=7, yields=(1, 7, 5, 3)).whole()


def _pairs(title: str, pairs: list[Pair]) -> Shown:
    rows = [["solver", "case", "time B/A", "95 %", "cost B/A", "95 %", "verdict", "status"]]
    if _differ(pairs):
        rows[0][4] = "cost B-A"
    for pair in pairs:
        rows.append(
            [
                _labels(pair),
                _name(pair.case),
                *_effect(pair.time, "factor"),
                *_effect(pair.cost, "ratio"),
                _verdict(pair),
                _changes(pair),
            ]
        )
    shown = Shown(title, rows, (2, 4), optional=(7,), wraps=7, yields=(5, 3, 7)).whole()
    named_above = all(pair.a != pair.b for pair in pairs)
    return shown.without((0,)) if named_above else shown


def _cut(table: Shown) -> Shown:
    """No more rows than somebody reads in a terminal."""
    more = len(table.rows) - 1 - _MOST
    if more <= 0 or table.title != "what changed":
        return table
    blank = [f"and {more} more: --all", *[""] * (len(table.rows[0]) - 1)]
    return Shown(table.title, [*table.rows[: _MOST + 1], blank], table.right, yields=table.yields)


def _differ(some: list[Mean] | list[Pair]) -> bool:
    """Whether costs are compared as differences."""
    return any(one.cost and not one.cost.relative for one in some)


def _effect(effect: Effect | None, form: str) -> tuple[str, str]:
    if effect is None:
        return NONE, NONE
    form = form if effect.relative else "gap"
    value, low, high = effect.interval.value, effect.interval.low, effect.interval.high
    return spaced(formats.of(form)(value)), interval_text(low, high, form)


def _labels(one: Pair | Mean) -> str:
    if not one.a:
        return "all solvers"
    return _name(one.a) if one.a == one.b else f"{_name(one.b)} against {_name(one.a)}"


def _changes(pair: Pair) -> str:
    """`ok → timeout (seeds 0, 2)`."""
    seeds: dict[tuple[str, str], list[str]] = {}
    for seed, before, after in pair.changes:
        seeds.setdefault((before, after), []).append("" if seed is None else str(seed))
    parts = []
    for (before, after), found in seeds.items():
        known = [seed for seed in found if seed]
        where = f"seed{'s' * (len(known) != 1)} {', '.join(known[:6])}" if known else "timing"
        parts.append(f"{before} → {after} ({where})")
    return plain("; ".join(parts))


def _verdict(one: Pair | Mean) -> str:
    """`worse: time`; in what, where it is not within noise."""
    parts = {"time": one.time and one.time.verdict, "cost": one.cost and one.cost.verdict}
    if isinstance(one, Pair):
        parts = {"status": one.status, **parts}
    words = (WORSE, BETTER) if one.verdict == MIXED else (one.verdict,)
    told = [
        f"{word}: {', '.join(name for name, said in parts.items() if said == word)}"
        for word in words
        if word != NOISE
    ]
    return "; ".join(told) or NOISE


def _is_whole(mean: Mean, comparison: Comparison) -> bool:
    """Whether it stands for all solvers of its problem."""
    return not mean.a or sum(other.problem == mean.problem for other in comparison.means) == 1


def _name(text: str) -> str:
    return plain(text, NAME)


def _machines_json(held: Sequence[Held]) -> list[dict[str, Any]]:
    return [_held_json(one) for one in held]


def _held_json(one: Held) -> dict[str, Any]:
    return {
        "machine_a": one.a.machine,
        "machine_b": one.b.machine,
        "counts": dict(one.comparison.counts),
        "differences": [{"what": what, "a": a, "b": b} for what, a, b in differences(one.a, one.b)],
        "means": [
            {
                "problem": mean.problem,
                "a": mean.a,
                "b": mean.b,
                "cases": mean.cases,
                **_effects_json(mean),
                "verdicts": dict(mean.verdicts),
            }
            for mean in one.comparison.means
        ],
        "pairs": [
            {
                "problem": pair.problem,
                "a": pair.a,
                "b": pair.b,
                "case": pair.case,
                **_effects_json(pair),
                "status": pair.status,
                "changes": [
                    {"seed": seed, "a": before, "b": after} for seed, before, after in pair.changes
                ],
            }
            for pair in one.comparison.pairs
        ],
        "incomparable": [
            {"problem": problem, "solver": label, "case": case, "why": why}
            for problem, label, case, why in one.comparison.incomparable
        ],
    }


def _effects_json(one: Pair | Mean) -> dict[str, Any]:
    found: dict[str, Any] = {"verdict": one.verdict}
    for name, effect in (("time", one.time), ("cost", one.cost)):
        found[name] = effect and {
            "quantity": "ratio" if effect.relative else "difference",
            "value": effect.interval.value,
            "low": effect.interval.low,
            "high": effect.interval.high,
            "count": effect.count,
            "p": effect.p,
            "verdict": effect.verdict,
        }
    return found
