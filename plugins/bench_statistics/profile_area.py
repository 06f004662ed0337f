"""Area under the profile of the answers' quality, as MLGym reckons it.

For each solver and case the best cost of all its runs counts. r is its ratio to the best cost of
any solver on that case. The profile is the share of cases with r up to a factor, and the area
under it over log10 of the factor, from 1 to a reach L, is

    area = mean over cases of max(0, L - log10 r)

shown here divided by L, so that 1 means the best on every case. Two views: "last answer" takes the
answer that each run ended with, "any answer" the best that it ever held.

Two rules of the paper decide more than they seem to. First, its failure rule: a solver is
infeasible on a case if it has no answer there, or a worse one than the baseline; it then gets 1.05
times the worst feasible ratio of that case. Where the worst is near 1, a failure so earns nearly
full credit, more than an honest mediocre answer elsewhere. The column "Failures lost" gives the
area with r = infinity instead, and is the one to trust. Second, L comes from the worst ratio of
all (rounded up twice), so that one very bad solver raises everybody's area and draws them
together. The board's own performance profile has a fixed reach instead.

Ratios of costs tell little where all costs are near each other: then all areas are near 1. They
need positive costs. The best of several runs grows with their number, and it hides failed runs; a
note says where the numbers of runs differ. Ratios are to the best of the field: if that solver
leaves, the order of two others can turn.

The interval is a bootstrap over cases with each case's ratios as they are; the difference to the
best is drawn on the same cases. Leaving out each case once tells how often the first place hangs
on one case.

Departs from the paper: a closed form in place of a sum over 500 points (0.001 to 0.002 larger);
costs are never negative here, which it calls infeasible too. The baseline is the board's reference
solver, where it has one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bench_statistics._cases import common, first, left_out, redrawn
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic

_WORSE = 1.05  # a failure is worse than the worst feasible ratio by this factor
_VIEWS = ("last answer", "any answer")


def ratios(costs: np.ndarray, baseline: int | None = None, lost: bool = False) -> np.ndarray:
    """To the best feasible cost on each case, float[solvers, cases].

    Args:
        costs: float[solvers, cases], positive, infinite where there is no answer.
        baseline: the row that feasible answers are not worse than; None: any answer is feasible.
        lost: whether failures are infinite, instead of 1.05 times the worst feasible ratio.
    """
    feasible = np.isfinite(costs)
    if baseline is not None:
        feasible &= costs <= costs[baseline] * (1 + 1e-12)
    best = np.where(feasible, costs, np.inf).min(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(costs == best, 1.0, costs / best)
    worst = np.where(feasible, ratio, -np.inf).max(axis=0)
    # Where nobody is feasible there is no worst ratio, and a failure earns nothing.
    failure = np.where(np.isfinite(worst) & (not lost), _WORSE * worst, np.inf)
    return np.where(feasible, ratio, failure)


def reach(feasible_worst: float) -> float:
    """L: log10 of 1.05 times the worst ratio, the product rounded up, the logarithm to tenths."""
    return math.ceil(math.log10(math.ceil(_WORSE * feasible_worst - 1e-9)) * 10 - 1e-9) / 10


def gains(ratio: np.ndarray, most: float) -> np.ndarray:
    """What each case adds to the area: max(0, L - log10 r); the area is the mean over cases."""
    return np.maximum(0.0, most - np.log10(ratio))


class ProfileArea(Statistic):
    """MLGym's area under the performance profile, with and without its rule for failures."""

    title = "Area under the profile of quality"
    group = "ranking"
    source = "Nathani et al., MLGym: a new framework and benchmark for AI research agents (2025)"
    papers = ("mlgym",)

    def compute(self, board: Any) -> Finding:
        if not board.relative:
            raise NotApplicable(
                "Costs may be zero or negative here, and their ratios mean nothing."
            )
        if board.rules.rank_by == "time":
            raise NotApplicable("All right answers are equally good here; see the times instead.")
        last, ever = _best_costs(board)
        solvers, cases = common(~np.isnan(last))
        if len(solvers) < 2 or not len(cases):
            raise NotApplicable("No two solvers were tried on the same cases.")
        chosen = np.ix_(solvers, cases)
        tables = dict(zip(_VIEWS, (last[chosen], ever[chosen]), strict=True))
        if not np.isfinite(tables[_VIEWS[0]]).any():
            raise NotApplicable("All runs failed.")
        names = [board.labels[i] for i in solvers]
        baseline = names.index(board.canonical) if board.canonical in names else None
        ratio = {view: ratios(table, baseline) for view, table in tables.items()}
        strict = {view: ratios(table, baseline, lost=True) for view, table in tables.items()}
        most = reach(max(_largest(table) for table in strict.values()))
        gained = {view: gains(table, most) / most for view, table in ratio.items()}
        hard = gains(strict[_VIEWS[0]], most) / most
        area = gained[_VIEWS[0]].mean(axis=1)
        infeasible = ~np.isfinite(strict[_VIEWS[0]])
        drawn = redrawn(board.rng("profile_area"), len(cases))
        spread = drawn @ gained[_VIEWS[0]].T
        low, high = _ends(spread, len(cases))
        hard_low, hard_high = _ends(drawn @ hard.T, len(cases))
        leader = int(area.argmax())
        behind_low, behind_high = _ends(spread - spread[:, [leader]], len(cases))
        rows = [
            {
                "label": names[i],
                "area": float(area[i]),
                "low": float(low[i]),
                "high": float(high[i]),
                "hard": float(hard[i].mean()),
                "hard_low": float(hard_low[i]),
                "hard_high": float(hard_high[i]),
                "behind": float(area[i] - area[leader]),
                "behind_low": float(behind_low[i]),
                "behind_high": float(behind_high[i]),
                "any": float(gained[_VIEWS[1]][i].mean()),
                "infeasible": float(infeasible[i].mean()),
            }
            for i in np.argsort(-area, kind="stable")
        ]
        wins = float(first(spread)[leader]) if len(cases) > 1 else math.nan
        return Finding(
            _summary(names, area, hard.mean(axis=1), wins, len(cases)),
            _columns(most),
            rows,
            (_profiles(names, ratio[_VIEWS[0]], strict[_VIEWS[0]], most),),
            (
                f"The reach L is {most:.1f}: the paper's area is the one shown times {most:.1f}.",
                *_warnings(board, names, baseline, gained[_VIEWS[0]]),
                *left_out(board.labels, solvers, len(cases), len(board.cases)),
            ),
        )


def _best_costs(board: Any) -> tuple[np.ndarray, np.ndarray]:
    """float[solvers, cases] twice: the best cost to the reference of all runs' last, of any answer.

    Infinite where all runs failed, NaN where not tried.
    """
    rows = [[cell.min() if len(cell) else np.nan for cell in row] for row in board.above]
    last = np.array(rows).reshape(board.shape)
    held = np.fmin.reduce(board.runs.spread(board.runs.least()), axis=2)
    return 1.0 + last, 1.0 + np.fmin(last, held)


def _largest(ratio: np.ndarray) -> float:
    finite = ratio[np.isfinite(ratio)]
    return float(finite.max()) if len(finite) else 1.0


def _ends(draws: np.ndarray, cases: int) -> tuple[np.ndarray, np.ndarray]:
    from harness.api import intervals

    if cases < 2:
        none = np.full(draws.shape[1], np.nan)
        return none, none
    return intervals.percentiles(draws)


def _summary(names: list[str], area: np.ndarray, hard: np.ndarray, wins: float, cases: int) -> str:
    from scipy.stats import kendalltau

    leader, other = int(area.argmax()), int(hard.argmax())
    said = (
        f"{names[leader]} has the largest area over {cases} cases, {area[leader]:.1%} of the most"
    )
    if wins == wins:
        said += (
            f" possible, and keeps the first place in {wins:.0%} of bootstrap draws of the cases."
        )
    else:
        said += " possible, on its one case."
    if np.ptp(area) and np.ptp(hard):
        agree = kendalltau(np.round(area, 12), np.round(hard, 12)).statistic
        who = "the same solver" if other == leader else names[other]
        said += (
            f" If failures earn nothing, {who} is first (Kendall's tau of the two orders "
            f"{agree:.2f})."
        )
    return said


def _columns(most: float) -> tuple[Column, ...]:
    return (
        Column("label", "Solver", "solver"),
        Column(
            "area",
            "Area",
            "ratio",
            "low",
            "high",
            note=f"under the profile up to a factor of 10^{most:.1f}, by the paper's failure rule",
            better="high",
        ),
        Column(
            "hard",
            "Failures lost",
            "ratio",
            "hard_low",
            "hard_high",
            note="the same area where an infeasible answer earns nothing",
            better="high",
        ),
        Column(
            "behind",
            "To the first",
            "number",
            "behind_low",
            "behind_high",
            note="difference of areas on the same drawn cases",
        ),
        Column("any", "Any answer", "ratio", note="area of the best answer ever held"),
        Column(
            "infeasible",
            "Infeasible",
            "share",
            note="of cases: no answer, or a worse one than the baseline's",
            better="low",
        ),
    )


def _profiles(names: list[str], ratio: np.ndarray, strict: np.ndarray, most: float) -> Plot:
    from harness.api import intervals

    drawn: dict[str, list[Any]] = {key: [] for key in ("view", "label", "x", "y", "low", "high")}
    bands = [intervals.share(count, ratio.shape[1]) for count in range(ratio.shape[1] + 1)]
    for view, table in (("the paper's failure rule", ratio), ("failures lost", strict)):
        for label, row in zip(names, table, strict=True):
            for factor in np.unique(np.r_[1.0, row[np.isfinite(row)], 10**most]):
                band = bands[int((row <= factor).sum())]
                for key, value in zip(
                    drawn,
                    (view, label, float(factor), band.value, band.low, band.high),
                    strict=True,
                ):
                    drawn[key].append(value)
    return Plot(
        "lines",
        "profile",
        "Share of cases within a factor of the best cost",
        Axis("factor of the best cost", "factor", log=True, low=1.0, high=10**most),
        Axis("share of cases", "share", low=0.0, high=1.0),
        drawn,
        note="Bands are Wilson's 95 % for each factor by itself, over cases.",
        picker="rule",
        step=True,
    )


def _warnings(
    board: Any, names: list[str], baseline: int | None, gained: np.ndarray
) -> tuple[str, ...]:
    said = []
    if baseline is None:
        said.append("There is no baseline, so that every answer is feasible.")
    else:
        said.append(f"The baseline that feasible answers match or beat is {names[baseline]}.")
    leader = int(gained.mean(axis=1).argmax())
    cases = gained.shape[1]
    if cases > 1:
        rest = (gained.sum(axis=1, keepdims=True) - gained) / (cases - 1)
        lost = int((rest.max(axis=0) > rest[leader] + 1e-12).sum())
        said.append(f"Leaving out one case changes who is first for {lost} of {cases} cases.")
    counts = {len(cell) for row in board.above for cell in row if len(cell)}
    if len(counts) > 1:
        said.append(
            f"Solvers have {min(counts)} to {max(counts)} runs on a case: the best of more runs is "
            "better by luck alone."
        )
    return tuple(said)
