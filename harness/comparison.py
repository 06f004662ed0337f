"""Two sides of the same measurements held against each other: what got better, what got worse.

Only like is compared with like: the same case with the same instance, costs seed by seed, times as
logarithms of the medians of worker processes. Of each ratio there is the 95 % interval by itself;
whether it counts is another question, as of five hundred comparisons of a thing with itself
twenty-five would leave theirs. A difference counts where three things hold: its p-value, corrected
by Holm's method over everything that is compared, is at most 5 %; its interval excludes no change;
and it exceeds a threshold. So the chance that anything at all is called better or worse though
nothing changed is 5 %, as far as the noise between processes and seeds is all the noise there is.
What changed between two runs as a whole (another load, another temperature) is not in it.

A status is no estimate: a run that was ok and is not any more is worse, whatever the costs, and so
a solver that fails now and then, compared with itself, will show changes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from harness.effects import (
    BETTER,
    NOISE,
    WORSE,
    Effect,
    cost_effect,
    holm,
    over_cases,
    time_effect,
    verdict,
)
from harness.sides import Side
from harness.statistics.board import Board
from harness.store import Results

MIXED = "mixed"
_NEEDED = ["label", "case", "instance", "seed", "status", "cost"]
_SPARE = 4  # runs of further seeds that must all agree before chance is ruled out


@dataclass(frozen=True)
class Cell:
    """What one side holds of one solver on one case.

    Attributes:
        instance: digest of the instance.
        statuses: seed -> status of a traced run; those that were skipped are left out.
        costs: seed -> cost of the runs that ended well.
        times: float[processes], seconds; [inf] where the timing failed, empty where none was taken.
        certain: whether chance has no part in the solver's costs, as far as its seeds show.
    """

    instance: str
    statuses: Mapping[int, str]
    costs: Mapping[int, float]
    times: np.ndarray
    certain: bool = False


@dataclass(frozen=True)
class Pair:
    """A solver of each side on one case.

    Attributes:
        problem, a, b, case: names; a and b are the labels of the solvers.
        time, cost: the effects; None where a side has none.
        changes: (seed, status in A, status in B) where they differ; the seed of a timing is None.
    """

    problem: str
    a: str
    b: str
    case: str
    time: Effect | None
    cost: Effect | None
    changes: tuple[tuple[int | None, str, str], ...] = ()

    @property
    def status(self) -> str:
        """The verdict on how the runs ended."""
        lost = sum(before == "ok" for _, before, _ in self.changes)
        won = sum(after == "ok" for _, _, after in self.changes)
        return WORSE if lost > won else BETTER if won > lost else NOISE

    @property
    def verdict(self) -> str:
        """Of all three: a change of status outweighs times and costs, as failures do on boards."""
        if self.status != NOISE:
            return self.status
        return _together(effect.verdict for effect in (self.time, self.cost) if effect)


@dataclass(frozen=True)
class Mean:
    """A solver (or, with an empty name, all solvers of a problem) over the cases.

    Attributes:
        time, cost: geometric mean of the ratios (mean of the differences) with Student's interval
            over the cases; None where there is none.
        verdicts: how many cases came out how.
    """

    problem: str
    a: str
    b: str
    cases: int
    time: Effect | None
    cost: Effect | None
    verdicts: Mapping[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        return _together(effect.verdict for effect in (self.time, self.cost) if effect)


@dataclass(frozen=True)
class Comparison:
    """Everything that two sides have in common.

    Attributes:
        pairs, means: by problem; the effects in them are judged together.
        incomparable: (problem, solver, case, why not).
    """

    pairs: tuple[Pair, ...] = ()
    means: tuple[Mean, ...] = ()
    incomparable: tuple[tuple[str, str, str, str], ...] = ()

    @property
    def everyone(self) -> tuple[Pair | Mean, ...]:
        """All that has effects."""
        return (*self.pairs, *self.means)

    @property
    def counts(self) -> Counter[str]:
        """Verdict -> number of pairs."""
        return Counter(pair.verdict for pair in self.pairs)

    @property
    def worse(self) -> bool:
        """Whether anything got worse."""
        return any(WORSE in _parts(one) for one in self.everyone)

    @property
    def changed(self) -> bool:
        """Whether anything got better or worse."""
        return any(_parts(one) & {BETTER, WORSE} for one in self.everyone)


def _parts(one: Pair | Mean) -> set[str]:
    found = {effect.verdict for effect in (one.time, one.cost) if effect}
    return found | {one.status} if isinstance(one, Pair) else found


def _together(verdicts: Iterable[str]) -> str:
    found = set(verdicts) - {NOISE}
    return MIXED if len(found) > 1 else found.pop() if found else NOISE


def cells(board: Board) -> dict[tuple[str, str], Cell]:
    """(label, case) -> what a board holds of it; where all runs were skipped there is nothing."""
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in board.traces[_NEEDED].itertuples(index=False):
        if row.status != "skipped" and row.seed == row.seed:
            rows.setdefault((str(row.label), str(row.case)), []).append(row)
    line = {label: i for i, label in enumerate(board.labels)}
    column = {case: j for j, case in enumerate(board.cases)}
    found: dict[tuple[str, str], Cell] = {}
    for (label, case), group in rows.items():
        instance = str(group[-1].instance)
        ran = [row for row in group if row.instance == instance]
        found[label, case] = Cell(
            instance,
            {int(row.seed): str(row.status) for row in ran},
            {
                int(row.seed): float(row.cost)
                for row in ran
                if row.status == "ok" and math.isfinite(row.cost)
            },
            board.time_values[line[label]][column[case]],
        )
    settled = _certain(found)
    return {key: replace(cell, certain=key[0] in settled) for key, cell in found.items()}


def _certain(found: Mapping[tuple[str, str], Cell]) -> set[str]:
    """Labels whose cost no seed ever changed, on enough runs to say so."""
    spare: Counter[str] = Counter()
    varied = set()
    for (label, _), cell in found.items():
        spare[label] += max(0, len(cell.costs) - 1)
        if len(set(cell.costs.values())) > 1:
            varied.add(label)
    return {label for label, many in spare.items() if many >= _SPARE} - varied


def compare(
    problem: str,
    a: Mapping[tuple[str, str], Cell],
    b: Mapping[tuple[str, str], Cell],
    relative: bool = True,
    labels: tuple[str, str] | None = None,
) -> Comparison:
    """Hold two sides of one problem against each other; `judged` then says what counts.

    Args:
        problem: its name.
        a, b: as `cells` gives them.
        relative: whether costs are compared as ratios.
        labels: a solver of each side; by default each solver is compared with itself.
    """
    pairs: list[Pair] = []
    refused: list[tuple[str, str, str, str]] = []
    mine, theirs = labels or ("", "")
    wanted = [(label, case) for label, case in a if mine in ("", label)]
    for label, case in wanted:
        one, other = a[label, case], b.get((theirs or label, case))
        if other is None:
            refused.append((problem, label, case, "only A has it"))
        elif one.instance != other.instance:
            refused.append((problem, label, case, "the instance changed"))
        else:
            if not set(one.statuses) & set(other.statuses):
                why = "no seed in common, so only times are compared"
                refused.append((problem, label, case, why))
            pairs.append(_pair(problem, (label, theirs or label), case, one, other, relative))
    for label, case in b:
        if theirs in ("", label) and (mine or label, case) not in a:
            refused.append((problem, label, case, "only B has it"))
    return Comparison(tuple(pairs), _means(problem, pairs), tuple(refused))


def of_sides(
    a: Side, b: Side, results: Results, problems: Collection[str] = (), cases: Collection[str] = ()
) -> Comparison:
    """All that two sides have in common, not yet judged.

    Args:
        a, b: the sides.
        results: by which is looked up how costs of a problem are compared.
        problems, cases: only these; all where none is named.
    """
    boards = [_cells_of(side, problems, cases) for side in (a, b)]
    labels = (a.label, b.label) if a.label else None
    parts = []
    for problem in dict.fromkeys([*boards[0], *boards[1]]):
        relative = results.problem(problem).get("compare", "ratio") != "difference"
        one, other = (board.get(problem, {}) for board in boards)
        parts.append(compare(problem, one, other, relative, labels))
    return joined(parts)


def _cells_of(
    side: Side, problems: Collection[str], cases: Collection[str]
) -> dict[str, dict[tuple[str, str], Cell]]:
    found = {}
    for name in dict.fromkeys(str(name) for name in side.frame["problem"]):
        if problems and name not in problems:
            continue
        mine = side.frame[side.frame["problem"] == name]
        if cases:
            mine = mine[mine["case"].isin(list(cases))]
        # The order of a leaderboard, and so its bootstrap, is of no use here.
        found[name] = cells(Board(mine, name, table=mine[["label"]].drop_duplicates()))
    return found


def joined(parts: Sequence[Comparison]) -> Comparison:
    """Comparisons of several problems as one, to be judged together."""
    return Comparison(
        tuple(pair for part in parts for pair in part.pairs),
        tuple(mean for part in parts for mean in part.means),
        tuple(refused for part in parts for refused in part.incomparable),
    )


def _pair(
    problem: str, labels: tuple[str, str], case: str, one: Cell, other: Cell, relative: bool
) -> Pair:
    changes: list[tuple[int | None, str, str]] = [
        (seed, before, other.statuses[seed])
        for seed, before in one.statuses.items()
        if other.statuses.get(seed, before) != before
    ]
    failed = [
        bool(len(times)) and not np.isfinite(times).all() for times in (one.times, other.times)
    ]
    if not changes and failed[0] != failed[1] and len(one.times) and len(other.times):
        words = ["failed" if lost else "ok" for lost in failed]
        changes.append((None, words[0], words[1]))
    return Pair(
        problem,
        *labels,
        case,
        time_effect(one.times, other.times),
        cost_effect(one.costs, other.costs, relative, one.certain and other.certain),
        tuple(changes),
    )


def _means(problem: str, pairs: Sequence[Pair]) -> tuple[Mean, ...]:
    """Each solver over its cases, and all solvers together, by case, where there are several."""
    solvers = list(dict.fromkeys((pair.a, pair.b) for pair in pairs))
    groups = {names: [pair for pair in pairs if (pair.a, pair.b) == names] for names in solvers}
    if len(groups) > 1:
        groups = {("", ""): list(pairs), **groups}
    return tuple(
        Mean(
            problem,
            a,
            b,
            len({pair.case for pair in group}),
            over_cases([(pair.case, pair.time) for pair in group]),
            over_cases([(pair.case, pair.cost) for pair in group]),
        )
        for (a, b), group in groups.items()
    )


def judged(found: Comparison, threshold: float = 0.05, cost_threshold: float = 0.0) -> Comparison:
    """Say of every effect whether it counts, all p-values corrected together.

    Args:
        found: of one problem or several.
        threshold: by which share a time must rise to be worse (fall by 1 - 1 / (1 + threshold)
            to be better).
        cost_threshold: the same for ratios of costs.
    """
    effects = [effect for one in found.everyone for effect in (one.time, one.cost) if effect]
    corrected = iter(holm([effect.p for effect in effects]))

    def told(effect: Effect | None, least: float) -> Effect | None:
        if effect is None:
            return None
        effect = replace(effect, p=next(corrected))
        return replace(effect, verdict=verdict(effect, least))

    # The order is that of `effects`: time before cost of each.
    times_and_costs = [
        (told(one.time, threshold), told(one.cost, cost_threshold)) for one in found.everyone
    ]
    pairs = tuple(
        replace(pair, time=time, cost=cost)
        for pair, (time, cost) in zip(found.pairs, times_and_costs, strict=False)
    )
    means = []
    for mean, (time, cost) in zip(found.means, times_and_costs[len(pairs) :], strict=True):
        mine = [p for p in pairs if p.problem == mean.problem and mean.a in ("", p.a)]
        verdicts = Counter(pair.verdict for pair in mine)
        means.append(replace(mean, time=time, cost=cost, verdicts=dict(verdicts)))
    return replace(found, pairs=pairs, means=tuple(means))
