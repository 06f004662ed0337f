"""Strength from the order alone: Bradley and Terry's model of who beats whom (Plackett-Luce).

Every solver has a strength theta, and on a case solver a beats solver b with probability

    P(a beats b) = 1 / (1 + exp(theta[b] - theta[a])).

Nothing but the order on each case goes in, so that costs on different scales need no common unit,
and solvers need not have been run on the same cases: who beats strong rivals is strong. A case on
which two solvers were run counts as one comparison of the two: the share of pairs of runs (one of
each) that the first wins, a tie being half a win for both. A failed run loses to any answer. The
strengths are those of greatest likelihood, with mean 0. "Beats the field" is the mean over the
other solvers of the probability to beat them.

It is made for tables with gaps, above all where solvers were run on the cases that suit their
strength. Where everybody was run on every case, the order is that of the share of comparisons won,
or of the mean ranks of the runs, which are easier to explain. Size does not count: a win by a hair
is a win. Losing or winning always puts a strength at infinity; so each pair that met is given a
little more of a tie, 1 / (solvers - 1) of a comparison, and a note tells which solvers stand where
they do by that alone. For two solvers this is the usual half win added to both sides.

The interval is a bootstrap over cases, all comparisons of a case together (they are not
independent); the noise between seeds is in it as far as it differs from case to case. Several cases
of one data set are more alike than that supposes, and then it is too narrow.

Departs from the paper: its released code, too, breaks each order into pairs, which a likelihood of
whole orders does not; but it counts a tie as a whole win for both, which halves the gaps, and it
gives no intervals.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bench_statistics._cases import bar, first, redrawn
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic

_FEW_DRAWS = 200  # where there are many solvers, each draw is a fit of that many parameters
_MANY_SOLVERS = 100
_CHUNK = 500_000  # numbers of an array at once, of which a step of the fit takes about ten
_SMALL = 1e-7  # a step of Newton's that is the last: the next would be of its square
_DIGITS = 6  # to which strengths that are equal agree


def wins(cells: list[np.ndarray], tie: float = 0.5) -> np.ndarray:
    """On one case, float[solvers, solvers]: the share of pairs of runs in which row beats column.

    Args:
        cells: the costs of each solver's runs, infinite for failures; empty where not tried, for
            which its row and column are 0. Equal to 12 digits is a tie.
        tie: what both sides of a tie get.
    """
    counts = [len(cell) for cell in cells]
    values = np.round(np.concatenate(cells), 12)
    owner = np.repeat(np.arange(len(cells)), counts)
    levels, place = np.unique(values, return_inverse=True)
    share = np.zeros((len(cells), len(levels)))
    np.add.at(share, (owner, place), 1.0 / np.array(counts, float)[owner])
    worse = np.cumsum(share[:, ::-1], axis=1)[:, ::-1] - share
    table: np.ndarray = np.einsum("al,bl->ab", share, worse + tie * share)
    np.fill_diagonal(table, 0.0)
    return table


def strengths(won: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
    """Maximum-likelihood strengths of Bradley and Terry's model, float[fits, solvers], mean 0.

    Newton's method; the step is shortened to ln(1 + s) / s, s its largest change of a difference,
    with which the likelihood of a logistic model never falls.

    Args:
        won: float[fits, solvers, solvers], what row won against column. Each must be connected by
            chains of wins from every solver to every other; else the likelihood has no maximum.
        start: float[solvers], where to begin.
    """
    fits, solvers, _ = won.shape
    theta = np.zeros((fits, solvers)) if start is None else np.tile(start, (fits, 1))
    met = won + won.transpose(0, 2, 1)
    active = np.arange(fits)
    for _ in range(200):
        at = theta[active]
        odds = 0.5 * (1.0 + np.tanh((at[:, :, None] - at[:, None, :]) / 2))
        slope = (won[active] - met[active] * odds).sum(axis=2)
        weight = met[active] * odds * odds.transpose(0, 2, 1)
        step = _newton_step(weight, slope)
        size = np.ptp(step, axis=1)
        damping = np.where(size > 1e-9, np.log1p(size) / np.maximum(size, 1e-9), 1.0)
        theta[active] += damping[:, None] * step
        active = active[size > _SMALL]
        if not len(active):
            break
    return theta - theta.mean(axis=1, keepdims=True)


def _newton_step(weight: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Solve (diag(row sums of weight) - weight) x = slope for each fit by conjugate gradients.

    To a thousandth, of which the next steps make up. Not by LAPACK, whose threads get into each
    other's way in small matrices and take ten times as long on a busy machine.

    Args:
        weight: float[fits, solvers, solvers], symmetric; its diagonal does not matter.
        slope: float[fits, solvers], of sum 0.
    """
    total = weight.sum(axis=2)
    scale = 1.0 / np.maximum(total - np.einsum("fii->fi", weight), 1e-300)
    x = np.zeros_like(slope)
    rest = slope - slope.mean(axis=1, keepdims=True)  # the sum is 0 but for rounding
    ahead = scale * rest
    descent = (rest * ahead).sum(axis=1)
    goal = np.maximum(1e-6 * descent, 1e-20 * total.max(axis=1))  # squares; of steps below 1e-10
    for _ in range(2 * slope.shape[1]):
        going = descent > goal  # what is at its goal stays there: rounding would take it away again
        if not going.any():
            break
        turned = total * ahead - np.einsum("fij,fj->fi", weight, ahead)
        length = np.where(going, descent / np.maximum((ahead * turned).sum(axis=1), 1e-300), 0.0)
        x += length[:, None] * ahead
        rest -= length[:, None] * turned
        eased = scale * rest
        last, descent = descent, np.where(going, (rest * eased).sum(axis=1), descent)
        ahead = eased + (descent / np.maximum(last, 1e-300))[:, None] * ahead
    return x


def field(theta: np.ndarray) -> np.ndarray:
    """The mean probability to beat another solver, of the shape of `theta`, [..., solvers]."""
    odds = 0.5 * (1.0 + np.tanh((theta[..., :, None] - theta[..., None, :]) / 2))
    share: np.ndarray = (odds.sum(axis=-1) - 0.5) / (theta.shape[-1] - 1)
    return share


def groups(won: np.ndarray, both_ways: bool) -> np.ndarray:
    """int[solvers]: which belong together.

    Args:
        won: float[solvers, solvers].
        both_ways: by chains of wins in both directions, within which strengths are finite; else by
            having met at all, without which they can't be compared.
    """
    from scipy.sparse.csgraph import connected_components

    kind = "strong" if both_ways else "weak"
    found: np.ndarray = connected_components(won > 0, connection=kind)[1]
    return found


class PlackettLuce(Statistic):
    """Bradley-Terry strengths from the pairs of each case's order."""

    title = "Strength from order alone"
    group = "ranking"
    source = (
        "Ghosh et al., ONEBench to test them all (2024); Bradley and Terry, Biometrika 39 (1952)"
    )
    papers = ("onebench-test-them-sample-level",)

    def compute(self, board: Any) -> Finding:
        if len(board.labels) < 2:
            raise NotApplicable("There is one solver, and a strength is against others.")
        cells = board.time_values if board.rules.rank_by == "time" else board.above
        cases = [wins([row[j] for row in cells]) for j in range(len(board.cases))]
        tables = np.array(cases).reshape(-1, len(board.labels), len(board.labels))
        members = groups(tables.sum(axis=0), both_ways=False)
        chosen = np.flatnonzero(members == np.bincount(members).argmax())
        if len(chosen) < 2:
            raise NotApplicable("No two solvers were run on the same case.")
        tables = tables[:, chosen][:, :, chosen]
        tables = tables[tables.any(axis=(1, 2))]
        names = [board.labels[i] for i in chosen]
        total = tables.sum(axis=0)
        prior = (total + total.T > 0) * 0.5 / (len(names) - 1)
        theta = strengths((total + prior)[None])[0]
        drawn = _draws(tables, prior, theta, board.rng("plackett_luce"))
        rows = _rows(names, theta, drawn, total)
        rows.sort(key=lambda row: -row["beats"])
        top = rows[0]
        sure = (
            f" (95 %: {top['low']:.0%} to {top['high']:.0%}), and is the strongest in "
            f"{top['first']:.0%} of bootstrap draws of the cases"
            if drawn is not None
            else ""
        )
        return Finding(
            f"By order alone {top['label']} is the strongest of {len(names)} solvers: it beats "
            f"another one with a chance of {top['beats']:.0%}{sure}.",
            _COLUMNS,
            rows,
            (_plot(rows),),
            _notes(board, chosen, names, total, len(tables)),
        )


def _draws(
    tables: np.ndarray, prior: np.ndarray, theta: np.ndarray, rng: np.random.Generator
) -> np.ndarray | None:
    """Strengths of bootstrap draws of cases, float[draws, solvers]; None with a single case."""
    cases, solvers, _ = tables.shape
    if cases < 2:
        return None
    few = solvers > _MANY_SOLVERS
    weights = redrawn(rng, cases, _FEW_DRAWS) if few else redrawn(rng, cases)
    weights = weights * cases
    flat = tables.reshape(cases, -1)
    step = max(1, _CHUNK // solvers**2)
    parts = [
        strengths((weights[i : i + step] @ flat).reshape(-1, solvers, solvers) + prior, theta)
        for i in range(0, len(weights), step)
    ]
    return np.concatenate(parts)


def _rows(
    names: list[str], theta: np.ndarray, drawn: np.ndarray | None, total: np.ndarray
) -> list[dict[str, Any]]:
    from harness.api import intervals

    none = np.full(len(names), np.nan)
    ends: dict[str, np.ndarray] = dict.fromkeys(
        ("low", "high", "theta_low", "theta_high", "rank_low", "rank_high", "first"), none
    )
    if drawn is not None:
        better = np.round(drawn, _DIGITS)
        ranks = 1 + np.array([(better > better[:, [i]]).sum(axis=1) for i in range(len(names))]).T
        ends["low"], ends["high"] = intervals.percentiles(field(drawn))
        ends["theta_low"], ends["theta_high"] = intervals.percentiles(drawn)
        ends["rank_low"], ends["rank_high"] = intervals.percentiles(ranks)
        ends["first"] = first(better)
    beats = field(theta)
    rounded = np.round(theta, _DIGITS)
    return [
        {
            "label": label,
            "beats": float(beats[i]),
            "theta": float(theta[i]),
            "rank": int(1 + (rounded > rounded[i]).sum()),
            "met": round(float((total + total.T)[i].sum())),
            **{name: float(values[i]) for name, values in ends.items()},
        }
        for i, label in enumerate(names)
    ]


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column(
        "beats",
        "Beats the field",
        "share",
        "low",
        "high",
        note="the chance to beat another solver on a case, the mean over the others",
        better="high",
    ),
    Column("rank", "Rank", "rank", "rank_low", "rank_high", better="low"),
    Column(
        "first",
        "Strongest",
        "share",
        note="share of bootstrap draws of cases in which it is the strongest; ties share",
        better="high",
    ),
    Column(
        "theta",
        "Strength",
        "number",
        "theta_low",
        "theta_high",
        note="theta: a difference of 1 is odds of 2.7 to 1",
        better="high",
    ),
    Column("met", "Comparisons", "count", note="cases shared with another solver, over all others"),
)


def _plot(rows: list[dict[str, Any]]) -> Plot:
    points = [bar(row["beats"], row["low"], row["high"]) for row in rows]
    ends = dict(zip(("x", "low", "high"), map(list, zip(*points, strict=True)), strict=True))
    return Plot(
        "intervals",
        "strength",
        "Chance to beat another solver",
        Axis("chance to beat another solver on a case", "share", low=0.0, high=1.0),
        Axis("solver", "solver"),
        {"label": [row["label"] for row in rows], **ends},
        note="Bars: 95 % of bootstrap draws of cases.",
    )


def _notes(
    board: Any, chosen: np.ndarray, names: list[str], total: np.ndarray, cases: int
) -> tuple[str, ...]:
    said = []
    gone = [label for i, label in enumerate(board.labels) if i not in chosen]
    if gone:
        said.append(
            f"Left out, as no chain of shared cases joins them to the others: {', '.join(gone)}."
        )
    met = (total + total.T)[~np.eye(len(names), dtype=bool)]
    if np.allclose(met, len(board.cases)):
        said.append(
            "All were run on all cases, so that the order is that of the share of comparisons won."
        )
    parts = groups(total, both_ways=True)
    if parts.max() > 0:
        largest = np.bincount(parts).argmax()
        apart = [name for name, part in zip(names, parts, strict=True) if part != largest]
        said.append(
            "No chain of wins leads both to and from these, so that how far they stand from the "
            f"others is set by the added ties: {', '.join(apart)}."
        )
    if cases == 1:
        said.append("There is one case, so that nothing can be said about other cases.")
    elif cases < 10:
        said.append(f"With {cases} cases the intervals are rough, and rather too narrow.")
    return tuple(said)
