"""The board: the records of one problem on one machine, as statistics want them.

Failures are infinite (worse than any answer), what was not tried is absent (an empty array, NaN).
Costs are held against one reference per instance: the exact optimum where it is known, else the
best cost that anybody reached, over all solvers and machines; never a solver's own best.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from harness.catalogue import Catalogue
from harness.items import unpack
from harness.statistics._runs import RunTable, by_process, shared
from harness.statistics.leaderboard import Rules, leaderboard
from harness.statistics.shelf import stated_growth
from harness.tables import of_kind

Cells = list[list[np.ndarray]]  # solver x case -> values


@dataclass(frozen=True)
class Curve:
    """One traced run: how its cost fell over its own time and over its calls.

    Attributes:
        seed: of the run.
        seconds, calls: float[points], rising. above: float[points], the cost against the reference
            (ratio - 1, or difference); the best so far where the best answer counts.
        end: seconds, when the run ended. calls_end: calls made until then (NaN where not counted).
        failed: whether the run failed; its points before that are kept unless it was invalid.
        censored: whether it ended because a budget or limit was spent, not of itself.
    """

    seed: int
    seconds: np.ndarray
    calls: np.ndarray
    above: np.ndarray
    end: float
    calls_end: float
    failed: bool
    censored: bool


# Targets: how far an answer may be above the reference.
TARGETS = {"10 %": 0.1, "1 %": 0.01, "0.1 %": 0.001, "best known": 0.0}
_EXACT = 1e-9  # what rounding may hide


class Board:
    """The records of one problem on one machine.

    Attributes:
        problem: its name. title, cost_name: as readers know it.
        rules: how it is ranked: `rules.compare` ("ratio", "difference"), `rules.rank_by`.
        counts: "last" or "best": which answer of a run counts.
        size: the entry of a record's `sizes` by which growth is charted. kind: of the problem.
        canonical: the label that ratios are taken to where a statistic needs a reference solver:
            the baseline that solved most cases, the first by name among equals; "" without one.
        labels: of the solvers, in the order of the leaderboard.
        cases: in the order in which they were first run.
        traces, timings: the records, as `harness.tables.current` gives them, but for those of runs
            that were skipped, as those where a package is missing.
        table: the leaderboard, of those that were run.
        growth: label -> "time" or "memory" -> entry of the sizes -> the exponent that it states.
        tuned: the trials of `bench tune` by solver, as `harness.tuning.tuned` returns them.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        problem: str,
        rules: Rules | None = None,
        *,
        title: str = "",
        cost_name: str = "cost",
        counts: str = "last",
        size: str = "n",
        kind: str = "batch",
        table: pd.DataFrame | None = None,
        growth: Mapping[str, Mapping[str, Mapping[str, float]]] | None = None,
        tuned: Sequence[Any] = (),
    ) -> None:
        """Args: frame: as `tables.current` returns it; table: its leaderboard, if at hand."""
        self.growth: Mapping[str, Mapping[str, Mapping[str, float]]] = growth or {}
        self.tuned = tuned
        self.problem, self.rules = problem, rules or Rules()
        self.title, self.cost_name = title or problem, cost_name
        self.counts, self.size, self.kind = counts, size, kind
        self.table = leaderboard(frame, problem, self.rules) if table is None else table
        traces, timings = of_kind(frame, "trace", problem), of_kind(frame, "timing", problem)
        skipped = traces["status"] == "skipped"
        if skipped.any() and not skipped.all():  # what could not be run neither won nor lost
            traces = traces[~skipped]
            timings = timings[timings["label"].isin(traces["label"])]
            self.table = self.table[self.table["label"].isin(traces["label"])]
        self.traces, self.timings = (one.reset_index(drop=True) for one in (traces, timings))
        self.labels = tuple(str(label) for label in self.table["label"])
        self.cases = tuple(str(case) for case in dict.fromkeys(self.traces["case"]))
        first = self.traces.drop_duplicates("label").set_index("label")
        self.roles: Mapping[str, str] = dict(first["role"])
        self.solvers: Mapping[str, str] = dict(first["solver"])

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        problem: str,
        facts: Any,
        table: pd.DataFrame | None = None,
        catalogue: Catalogue | None = None,
        tuned: Sequence[Any] = (),
    ) -> Board:
        """A board from anything that has the fields of a problem (title, compare, ...).

        The catalogue tells the exponents that installed solvers state.
        """
        board = cls(
            frame,
            problem,
            Rules(facts.compare, facts.rank_by),
            title=facts.title,
            cost_name=facts.cost_name,
            counts=facts.counts,
            size=facts.size,
            kind=facts.kind,
            table=table,
            tuned=tuned,
        )
        if catalogue is not None:
            board.growth = stated_growth(catalogue, problem, board.solvers)
        return board

    @property
    def relative(self) -> bool:
        """Whether costs are compared as ratios."""
        return self.rules.compare == "ratio"

    @shared
    def canonical(self) -> str:
        solved = {
            label: int(np.isfinite(row).sum())
            for label, row in zip(self.labels, self.cost_table, strict=True)
            if self.roles.get(label) == "baseline"
        }
        return min(solved, key=lambda label: (-solved[label], label), default="")

    @shared
    def above(self) -> Cells:
        """Solver x case -> float[seeds]: how far each run's cost is above the reference.

        Ratio - 1 where costs are compared as ratios, else the difference; infinite where the run
        failed. Runs are in the order of their seeds; empty where the solver was not tried.
        """
        value = (self.traces["ratio"] - 1.0) if self.relative else self.traces["gap"]
        value = value.mask(self.traces["failed"] | value.isna(), np.inf)
        return self._cells(self.traces.assign(_value=value), "_value")

    @shared
    def failed(self) -> np.ndarray:
        """float[solvers, cases]: share of failed runs; NaN where not tried.

        A run whose cost is infinitely many times the reference, as where that is zero, did not
        fail.
        """
        shares = [
            [float(cell.mean()) if len(cell) else np.nan for cell in row] for row in self._lost
        ]
        return np.array(shares).reshape(self.shape)

    @shared
    def cost_table(self) -> np.ndarray:
        """float[solvers, cases]: mean over seeds of `above`; infinite where any run failed.

        NaN where not tried. The mean is of logarithms of ratios where costs are compared so.
        """
        return np.array([[self._mean(cell) for cell in row] for row in self.above]).reshape(
            self.shape
        )

    @shared
    def case_ranks(self) -> np.ndarray:
        """float[solvers, cases]: ranks on each case, ties averaged; NaN where not tried.

        By share of failed runs, then by the mean over seeds of the others' cost (or by time, where
        the problem ranks by it); equal to 12 digits is a tie.
        """
        from scipy.stats import rankdata

        ranks = np.full(self.shape, np.nan)
        keys = self.times if self.rules.rank_by == "time" else self._mean_of_good
        for j in range(self.shape[1]):
            tried = ~np.isnan(self.failed[:, j])
            both = [
                (round(float(lost), 12), round(float(key), 12) if np.isfinite(key) else np.inf)
                for lost, key in zip(self.failed[tried, j], keys[tried, j], strict=True)
            ]
            order = {pair: i for i, pair in enumerate(sorted(set(both)))}
            ranks[tried, j] = rankdata([order[pair] for pair in both])
        return ranks

    @shared
    def time_values(self) -> Cells:
        """Solver x case -> float[processes]: seconds of a solve, the median of each process.

        Worker processes are what is independent: values of one share its memory layout. [inf]
        where the timing failed, or was skipped because all traced runs failed; empty where none
        was taken.
        """
        found: dict[tuple[str, str], np.ndarray] = {}
        for row in self.timings.itertuples():
            lost = row.status != "ok" and self._all_failed(str(row.label), str(row.case))
            if row.status == "ok" and len(row.values):
                found[str(row.label), str(row.case)] = by_process(row.values, row.processes)
            elif lost or row.status not in ("ok", "skipped"):
                found[str(row.label), str(row.case)] = np.array([np.inf])
        for i, label in enumerate(self.labels):  # whoever fails all traced runs is not timed
            for j, case in enumerate(self.cases):
                if self.failed[i, j] == 1.0 and len(self.timings):
                    found.setdefault((label, case), np.array([np.inf]))
        empty = np.empty(0)
        return [[found.get((label, case), empty) for case in self.cases] for label in self.labels]

    @shared
    def times(self) -> np.ndarray:
        """float[solvers, cases]: median of `time_values`; infinite: failed; NaN: not timed."""
        return np.array(
            [[np.median(cell) if len(cell) else np.nan for cell in row] for row in self.time_values]
        ).reshape(self.shape)

    @property
    def shape(self) -> tuple[int, int]:
        """(solvers, cases)."""
        return len(self.labels), len(self.cases)

    @shared
    def runs(self) -> RunTable:
        """All traced runs in flat arrays; what `curves` cuts in pieces."""
        best_counts = self.counts == "best"
        return RunTable.of(self.traces, self.labels, self.cases, self.relative, best_counts)

    def curves(self, label: str, case: str) -> list[Curve]:
        """The traced runs of a solver on a case, by seed."""
        if label not in self._places[0] or case not in self._places[1]:
            return []
        runs = self.runs
        found = []
        for r in runs.of_cell(self._places[0][label], self._places[1][case]):
            begin, stop, seed, end, calls_end, failed, censored = self._ends[r]
            points = slice(begin, stop)
            flat = runs.seconds[points], runs.calls[points], runs.above[points]
            found.append(Curve(seed, *flat, end, calls_end, failed, censored))
        return found

    def unit(self, case: str) -> float:
        """What a target is a share of: 1 where costs are compared as ratios, else how far the
        first answers of all runs on the case are above the reference, the median of them."""
        return float(self.units[self.cases.index(case)]) if case in self.cases else 1.0

    @shared
    def units(self) -> np.ndarray:
        """float[cases]: the `unit` of each."""
        units = np.ones(len(self.cases))
        if not self.relative:
            first = self.runs.firsts()
            for j in range(len(self.cases)):
                known = first[(self.runs.case == j) & np.isfinite(first)]
                units[j] = float(np.median(known)) if len(known) else 1.0
        return units

    def targets(self, case: str) -> dict[str, float]:
        """Name -> how far above the reference an answer may be to have reached the target: shares
        of the `unit` of the case."""
        return {name: max(part * self.unit(case), _EXACT) for name, part in TARGETS.items()}

    def time_to(
        self, label: str, case: str, target: float, calls: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """When each run of a solver on a case first had an answer within the target.

        Args:
            label, case: whose runs.
            target: how far above the reference, as `targets` gives it.
            calls: count oracle calls instead of seconds.

        Returns:
            float[seeds], when it was reached, else how long the run went on without it (NaN where
            that was not measured); bool[seeds], whether it was reached. A failed run reached none:
            what it had found is lost with it.
        """
        lengths, reached = [], []
        for curve in self.curves(label, case):
            hits = np.flatnonzero(curve.above <= target)
            hit = bool(len(hits)) and not curve.failed
            points, end = (curve.calls, curve.calls_end) if calls else (curve.seconds, curve.end)
            lengths.append(float(points[hits[0]]) if hit else end)
            reached.append(hit)
        return np.array(lengths, float), np.array(reached, bool)

    def items(self, label: str, case: str) -> list[np.ndarray]:
        """The traced runs of a solver on a case, by seed: bool[items], which it got right.

        A failed run got none right. Empty where it is not known, as for a problem without items.
        """
        if not self._item_counts:
            return []
        return [self._right(row) for row in self._rows.get((label, case), [])]

    def sizes(self, case: str) -> Mapping[str, float]:
        """The sizes of a case's instance."""
        return dict(self._sizes.get(case, {}))

    def rng(self, statistic: str) -> np.random.Generator:
        """The generator of a statistic's bootstrap: the same for the same board and statistic."""
        return np.random.default_rng(zlib.crc32(f"{self.problem} {statistic}".encode()))

    @shared
    def _places(self) -> tuple[dict[str, int], dict[str, int]]:
        """Label -> its place, and case -> its place."""
        labels, cases = enumerate(self.labels), enumerate(self.cases)
        return {label: i for i, label in labels}, {case: j for j, case in cases}

    @shared
    def _ends(self) -> list[tuple[int, int, int, float, float, bool, bool]]:
        """Of each run what a curve holds of it, as Python's numbers: begin and stop first."""
        runs = self.runs
        of_points = (runs.start[:-1], runs.start[1:])
        columns = (*of_points, runs.seed, runs.end, runs.calls_end, runs.failed, runs.censored)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    @shared
    def _sizes(self) -> dict[str, Mapping[str, float]]:
        first = self.traces.drop_duplicates("case")
        return dict(zip(map(str, first["case"]), first["sizes"], strict=True))

    @shared
    def _rows(self) -> dict[tuple[str, str], list[Any]]:
        found: dict[tuple[str, str], list[Any]] = {}
        for row in self.traces.sort_values("seed", kind="stable").itertuples():
            found.setdefault((str(row.label), str(row.case)), []).append(row)
        return found

    def _right(self, row: Any) -> np.ndarray:
        right: np.ndarray = unpack(row.items)
        return np.zeros(self._item_counts.get(str(row.case), 0), bool) if row.failed else right

    @shared
    def _item_counts(self) -> dict[str, int]:
        """Case -> how many test items it has, where any run tells."""
        counts: dict[str, int] = {}
        for case, text in zip(self.traces["case"], self.traces["items"], strict=True):
            if text:
                counts[case] = max(counts.get(case, 0), int(text.partition(":")[0]))
        return counts

    def _cells(self, frame: pd.DataFrame, column: str) -> Cells:
        ordered = frame.sort_values("seed", kind="stable")
        groups = {
            (str(label), str(case)): group.to_numpy(float)
            for (label, case), group in ordered.groupby(["label", "case"], sort=False)[column]
        }
        empty = np.empty(0)
        return [[groups.get((label, case), empty) for case in self.cases] for label in self.labels]

    def _mean(self, cell: np.ndarray) -> float:
        if not len(cell):
            return np.nan
        if not np.isfinite(cell).all():
            return np.inf
        return float(np.expm1(np.log1p(cell).mean()) if self.relative else cell.mean())

    @shared
    def _lost(self) -> Cells:
        """Solver x case -> float[seeds]: 1 for each failed run."""
        return self._cells(self.traces.assign(_value=self.traces["failed"].astype(float)), "_value")

    @shared
    def _mean_of_good(self) -> np.ndarray:
        """As `cost_table`, over the runs that did not fail."""
        good = [
            [self._mean(cell[lost == 0]) for cell, lost in zip(row, losses, strict=True)]
            for row, losses in zip(self.above, self._lost, strict=True)
        ]
        return np.array(good).reshape(self.shape)

    def _all_failed(self, label: str, case: str) -> bool:
        if label not in self.labels or case not in self.cases:
            return False
        return bool(self.failed[self.labels.index(label), self.cases.index(case)] == 1.0)

    def __iter__(self) -> Iterator[str]:
        return iter(self.labels)
