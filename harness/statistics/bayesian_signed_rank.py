"""Bayesian signed-rank test: how probable it is that a solver is better by enough to matter.

For two solvers z_1..z_N are the differences of their logarithms of cost (or of time, where a
problem ranks by time) on each case, and z_0 = 0 stands for what is held before seeing any, with the
weight 1/2 of a case. What the cases weigh is unknown: w has the Dirichlet law with parameters
(1/2, 1, ..., 1). For one such w the shares of pairs of cases are

    better = sum of w_i w_j over pairs with z_i + z_j < -2 r,
    worse  = sum of w_i w_j over pairs with z_i + z_j > 2 r,

and equal is the rest; a sum on the border counts half. r is the region of practical equivalence,
fixed beforehand: 1 % of cost, 5 % of time. Shown are the probabilities over w that each of the
three is the largest, and its mean. The three probabilities add up to one, so that, unlike a p
value, they can speak for equality too.

How to read them: above 0.95 is a verdict; anything else means that more cases are needed. They are
estimated from 500 to 2000 draws (the fewer, the more cases there are), which leaves them
uncertain by 0.02 to 0.04 about the middle and less near the ends; the means are exact.
Pitfalls: differences near the border flip with r, so look at the means too; there is no correction
for many pairs; cases are held to be a sample of those that matter. Where costs may be zero or
negative there is no logarithm, and r is 1 % of how far first answers typically are from the best
known.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.findings import Axis, Column, Finding, Plot, Statistic
from harness.statistics._pairs import MATRIX, Pairs

_PRIOR = 0.5  # weight of z_0, as in the paper
_SURE = 0.95
_BLOCK = 1 << 20  # numbers in an array at a time
_OUTCOMES = ("better", "equal", "worse")


def shares(differences: np.ndarray, rope: float) -> tuple[np.ndarray, np.ndarray]:
    """float[n + 1, n + 1] twice: whether z_i + z_j is below -2 rope, and above 2 rope; 1/2 on it.

    Args:
        differences: float[n]; an infinite one outweighs any other, and cancels one of the other
            sign.
        rope: half the width of the region of practical equivalence; what rounding puts just off
            its border is on it.
    """
    z = np.concatenate([[0.0], differences])
    with np.errstate(invalid="ignore"):
        sums = np.nan_to_num(z[:, None] + z, nan=0.0, posinf=np.inf, neginf=-np.inf)
        size = np.max(np.abs(z), where=np.isfinite(z), initial=abs(rope))
        tolerance = 1e-12 * size
        above = np.where(sums > 2 * rope + tolerance, 1.0, 0.0)
        above[np.abs(sums - 2 * rope) <= tolerance] = 0.5
        below = np.where(sums < -2 * rope - tolerance, 1.0, 0.0)
        below[np.abs(sums + 2 * rope) <= tolerance] = 0.5
    return below, above


def means(below: np.ndarray, above: np.ndarray, prior: float = _PRIOR) -> np.ndarray:
    """float[3]: the exact means of better, equal and worse over the Dirichlet law."""
    a = np.r_[prior, np.ones(len(below) - 1)]
    total = a.sum()
    second = np.outer(a, a)
    second[np.diag_indices(len(a))] += a
    second /= total * (total + 1)
    better, worse = float((second * below).sum()), float((second * above).sum())
    return np.array([better, 1.0 - better - worse, worse])


def probabilities(below: np.ndarray, above: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """float[pairs, 3]: how often each of better, equal and worse is the largest over the draws.

    Args:
        below, above: float[pairs, n + 1, n + 1], as `shares` gives them.
        weights: float[draws, n + 1], of the Dirichlet law. Outcomes that are equal share a draw.
    """
    draws, count = weights.shape
    found = np.empty((len(below), 3))
    # Many pairs to a product: many small products would wait for their threads.
    step = max(1, _BLOCK // (2 * draws * count))
    for begin in range(0, len(below), step):
        both = np.concatenate([below[begin : begin + step], above[begin : begin + step]])
        # In the precision of the weights: single is plenty beside the error of drawing them.
        table = both.astype(weights.dtype).transpose(1, 0, 2).reshape(count, -1)
        sums = np.einsum("dpi,di->pd", (weights @ table).reshape(draws, -1, count), weights)
        better, worse = np.split(sums, 2)
        theta = np.stack([better, 1.0 - better - worse, worse])
        largest = np.abs(theta - theta.max(axis=0)) <= 1e-6
        found[begin : begin + step] = (largest / largest.sum(axis=0)).mean(axis=2).T
    return found


class BayesianSignedRank(Statistic):
    """Better, practically equal, or worse, pair by pair."""

    title = "Bayesian signed-rank test"
    group = "pairs"
    source = (
        "Benavoli, Corani, Mangili, Zaffalon and Ruggeri, A Bayesian Wilcoxon signed-rank test "
        "based on the Dirichlet process, ICML 2014; Benavoli, Corani, Demšar and Zaffalon, Time "
        "for a change, JMLR 18 (2017)"
    )

    def compute(self, board: Any) -> Finding:
        pairs = Pairs.of(board)
        wanted = dict.fromkeys(pairs.shown())
        seen = range(min(len(pairs.labels), MATRIX))
        wanted |= dict.fromkeys((i, j) for i in seen for j in seen if i < j)
        found = self._judged(pairs, list(wanted), board.rng("bayesian_signed_rank"))
        rows = []
        for pair in pairs.shown():
            if pair in found:
                chances, middle, cases = found[pair]
                names = {"first": pairs.labels[pair[0]], "second": pairs.labels[pair[1]]}
                values = dict(zip(_OUTCOMES, chances.tolist(), strict=True))
                shown = zip((f"mean_{name}" for name in _OUTCOMES), middle.tolist(), strict=True)
                rows.append(names | values | dict(shown) | {"cases": cases})
        rope = f"{100 * (pairs.factor(pairs.rope) - 1):.0f} %" if pairs.relative else ""
        rope = rope or f"{pairs.rope:.3g}"
        return Finding(
            self._summary(pairs, rows, rope),
            (
                Column("first", "Solver", "solver"),
                Column("second", "Against", "solver"),
                Column("better", "P(better)", "probability", note=f"by more than {rope}"),
                Column("equal", "P(equal)", "probability", note=f"within {rope}"),
                Column("worse", "P(worse)", "probability", note=f"by more than {rope}"),
                Column("mean_better", "Mean better", "share"),
                Column("mean_equal", "Mean equal", "share"),
                Column("mean_worse", "Mean worse", "share"),
                Column("cases", "Cases", "count", note="that both were tried on"),
            ),
            rows,
            (self._plot(pairs, found, rope),),
            self._notes(board, pairs, rows, rope),
        )

    def _judged(
        self, pairs: Pairs, wanted: list[tuple[int, int]], rng: np.random.Generator
    ) -> dict[tuple[int, int], tuple[np.ndarray, np.ndarray, int]]:
        """Pair -> probabilities, means and the number of common cases; without those no entry."""
        first, second = zip(*wanted, strict=True)
        groups: dict[int, list[tuple[tuple[int, int], np.ndarray, np.ndarray]]] = {}
        for pair, d in zip(wanted, pairs.differences(first, second), strict=True):
            known = d[~np.isnan(d)]
            if len(known):
                groups.setdefault(len(known), []).append((pair, *shares(known, pairs.rope)))
        found = {}
        for cases, group in sorted(groups.items()):
            draws = int(np.clip(6_000_000 // (cases + 1) ** 2, 500, 2000))
            weights = rng.dirichlet(np.r_[_PRIOR, np.ones(cases)], draws).astype(np.float32)
            named, below, above = zip(*group, strict=True)
            chances = probabilities(np.stack(below), np.stack(above), weights)
            for pair, one, low, high in zip(named, chances, below, above, strict=True):
                found[pair] = (one, means(low, high), cases)
        return found

    def _summary(self, pairs: Pairs, rows: list[dict[str, Any]], rope: str) -> str:
        mine = [row for row in rows if row["first"] == pairs.labels[0]]
        better = sum(row["better"] > _SURE for row in mine)
        equal = [row["second"] for row in mine if row["equal"] > _SURE]
        said = (
            f"With a probability above {_SURE:.0%}, {pairs.labels[0]} is better in {pairs.what} by "
            f"more than {rope} than {better} of {len(mine)} others"
        )
        if not equal:
            return f"{said}; it is practically equal to none."
        named = ", ".join(equal) if len(equal) <= 4 else f"{len(equal)} of them"
        return f"{said}, and practically equal to {named}."

    def _plot(
        self,
        pairs: Pairs,
        found: dict[tuple[int, int], tuple[np.ndarray, np.ndarray, int]],
        rope: str,
    ) -> Plot:
        columns: dict[str, list[Any]] = {name: [] for name in ("row", "column", "value", "view")}
        views = (
            (f"better by more than {rope}", 0, 2),
            (f"equal within {rope}", 1, 1),
        )
        for view, forward, backward in views:
            for (i, j), (chances, _, _) in found.items():
                if max(i, j) >= MATRIX:
                    continue
                for row, column, which in ((i, j, forward), (j, i, backward)):
                    columns["row"].append(pairs.labels[row])
                    columns["column"].append(pairs.labels[column])
                    columns["value"].append(float(chances[which]))
                    columns["view"].append(view)
        note = f"The probability that the row's solver is better in {pairs.what} than the column's,"
        note += " or practically equal to it."
        if len(pairs.labels) > MATRIX:
            note += f" The first {MATRIX} of the leaderboard."
        return Plot(
            "matrix",
            "probability",
            "Row against column",
            Axis("probability", "probability", low=0.0, high=1.0),
            Axis("solver", "solver"),
            columns,
            note=note,
            picker="outcome",
            middle=0.5,
        )

    def _notes(
        self, board: Any, pairs: Pairs, rows: list[dict[str, Any]], rope: str
    ) -> tuple[str, ...]:
        said = ["The table holds the first against every other, and neighbours on the leaderboard."]
        said += pairs.left_out(board)
        if not pairs.relative:
            said.append(f"Differences of less than {rope} count as none.")
        few = min((row["cases"] for row in rows), default=0)
        if few < 6:
            said.append(
                f"With {few} cases the weight given to equality beforehand is no small part."
            )
        if (pairs.failed > 0).any():
            said.append("More failed runs on a case count as the largest difference there.")
        return tuple(said)
