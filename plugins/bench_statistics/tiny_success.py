"""Tiny success probabilities: how often a run reaches a target, and how that changes with size.

Each seed is a draw that succeeds or not. The seeds of a bench are a number fixed beforehand, so
k successes of n have a binomial law: the estimate is k / n, with the exact interval of Clopper and
Pearson, which holds for a share near 0 and for none at all (3 / n is about its upper end then).
Runs that go on *until* they have r successes in K draws need another law: (r - 1) / (K - 1) is
unbiased, while r / K is too large by a factor of -ln p / (1 - p) for r = 1, and the interval's ends
are quantiles of Beta(r, K - r + 1) and Beta(r, K - r). Records of a bench are not of that kind,
and so it is not used on them; the functions are here for runs that are.

What one can expect: "restarts" is how many runs are needed for a success with 95 % certainty,
ln .05 / ln(1 - p), at the estimate and at the ends of its interval. Over several cases p is their
mean, and the interval, which is then rather wide, speaks of these cases. A solver that reaches the
same cost with every seed makes no draws: its figures are shown without an interval.

Task scaling law: p(N) = exp(-c N^-a), a line in ln(-ln p) against ln N. It is fitted by maximum
likelihood, so that sizes without any success count too (a line through estimated points would drop
them, and be far off), to cases that differ in their size alone; a < 0 says that success fades with
size. The interval of a is a parametric bootstrap. With four sizes or more a likelihood-ratio test
asks whether the curve bends against the line, which is what an "emergent" ability would do. A law
for each instance is no law of their mean: over a mixture of easy and hard instances the fitted
exponent halves. Beyond the sizes that were run the law is a guess.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bench_statistics._correct import limits
from harness.api import Axis, Column, Finding, NotApplicable, Plot, Statistic

_DRAWS = 300
_STEPS = 60
_LEAST_SIZES = 3


def fixed_draws(successes: int, draws: int) -> tuple[float, float, float]:
    """k / n with the 95 % interval of Clopper and Pearson; the number of draws is fixed."""
    from scipy.special import betaincinv

    missed = draws - successes
    low = float(betaincinv(successes, missed + 1, 0.025)) if successes else 0.0
    high = float(betaincinv(successes + 1, missed, 0.975)) if missed else 1.0
    return successes / draws, low, high


def until_successes(successes: int, draws: int) -> tuple[float, float, float]:
    """The unbiased (r - 1) / (K - 1) with its exact 95 % interval, for draws until r successes.

    NaN for r = 1, of which there is no unbiased estimate (r / K is the likelihood's); 1 for K = r,
    r above 1.
    """
    from scipy.stats import beta

    low = float(beta.ppf(0.025, successes, draws - successes + 1))
    high = 1.0 if draws == successes else float(beta.ppf(0.975, successes, draws - successes))
    middle = (successes - 1) / (draws - 1) if successes > 1 else math.nan
    return middle, low, high


def log_until_successes(successes: int, draws: int) -> tuple[float, float]:
    """ln p from draws until r successes, its bias taken out, with its standard deviation.

    For small p: ln(r / K) + psi(r) - ln r, sqrt(psi'(r)).
    """
    from scipy.special import digamma, polygamma

    middle = math.log(successes / draws) + float(digamma(successes)) - math.log(successes)
    return middle, math.sqrt(float(polygamma(1, successes)))


def restarts(probability: float) -> float:
    """How many runs make a success 95 % sure; infinite for none."""
    if not 0 < probability < 1:
        return math.inf if probability == 0 else 1.0
    return max(1.0, math.log(0.05) / math.log1p(-probability))


def fit(
    sizes: np.ndarray, successes: np.ndarray, draws: np.ndarray, bend: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Fit p(N) = exp(-exp(u + b x)), x = ln N, by maximum likelihood (Fisher scoring).

    The same for a fixed number of draws and for draws until so many successes: the likelihoods
    differ by a factor that p does not enter.

    Args:
        sizes: float[sizes]. successes, draws: float[..., sizes].
        bend: add a term in (x - mean of x)^2.

    Returns:
        float[..., terms], (u, b) or (u, b, bend), so that c = exp(u) and a = -b; and the
        log-likelihood, float[...]. NaN where the likelihood has no maximum, as where all draws of
        all sizes succeeded.
    """
    x = np.log(sizes)
    middle = x.mean()
    terms = np.stack([np.ones_like(x), x - middle, (x - middle) ** 2][: 3 if bend else 2], axis=1)
    k, n = np.broadcast_arrays(np.asarray(successes, float), np.asarray(draws, float))
    start = np.clip((k.sum(-1) + 0.5) / (n.sum(-1) + 1.0), 1e-12, 1 - 1e-12)
    found = np.zeros((*k.shape[:-1], terms.shape[1]))
    found[..., 0] = np.log(-np.log(start))
    moved = np.full(k.shape[:-1], np.inf)
    for _ in range(_STEPS):
        p, rate = _law(found @ terms.T)
        slope = -rate * (k - n * p) / (1 - p)  # of the log-likelihood in the linear predictor
        weight = n * rate**2 * p / (1 - p)
        information = np.einsum("...s,st,su->...tu", weight, terms, terms)
        information += 1e-12 * np.eye(terms.shape[1])
        step = np.linalg.solve(information, (slope @ terms)[..., None])[..., 0]
        step = np.clip(step, -1.0, 1.0)
        found = found + step
        moved = np.abs(step).max(axis=-1)
    p, _ = _law(found @ terms.T)
    likelihood = (k * np.log(p) + (n - k) * np.log1p(-p)).sum(axis=-1)
    found[..., 0] -= found[..., 1] * middle  # the intercept at N = 1, but for the bend
    bad = moved > 1e-6
    found[bad] = np.nan
    return found, np.where(bad, np.nan, likelihood)


def _law(predictor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """p and -ln p of a linear predictor, kept where numbers hold them."""
    rate = np.exp(np.clip(predictor, -30.0, 6.0))
    return np.exp(-rate), rate


class TinySuccess(Statistic):
    """Success probabilities of runs, and the task scaling law over sizes."""

    title = "Probability of success"
    group = "target"
    source = (
        "Hu et al., Predicting Emergent Abilities with Infinite Resolution Evaluation, ICLR 2024"
    )
    papers = ("unlock-predictable-scaling-emergent-abilities",)

    def compute(self, board: Any) -> Finding:
        views = limits(board)
        shown = list(views)[-1]  # the hardest: where success may be rare
        rng = board.rng("tiny_success")
        columns: dict[str, list[Any]] = {name: [] for name in ("label", "x", "low", "high", "view")}
        rows: list[dict[str, Any]] = []
        groups = _groups(board)
        for view, limit in views.items():
            for i, label in enumerate(board.labels):
                wins = [cell <= most for cell, most in zip(board.above[i], limit, strict=True)]
                draws = sum(len(cell) for cell in wins)
                if not draws:
                    continue
                p, low, high = fixed_draws(int(sum(cell.sum() for cell in wins)), draws)
                if _draws_nothing(board.above[i]):
                    low = high = math.nan
                else:
                    for name, value in zip(columns, (label, p, low, high, view), strict=True):
                        columns[name].append(value)
                if view == shown:
                    rows.append(
                        {
                            "label": label,
                            "runs": draws,
                            "reached": int(sum(cell.sum() for cell in wins)),
                            "p": p,
                            "low": low,
                            "high": high,
                            "restarts": restarts(p),
                            "restarts_low": restarts(high) if high == high else math.nan,
                            "restarts_high": restarts(low) if low == low else math.nan,
                            **_scaling(groups, wins, low == low, rng),
                        }
                    )
        if not rows:
            raise NotApplicable("Nothing was run.")
        rows.sort(key=lambda row: -row["p"])
        return Finding(
            _summary(rows, shown),
            _COLUMNS,
            rows,
            (_plot(columns),) if columns["label"] else (),
            _notes(board, rows, shown),
        )


def _draws_nothing(cells: list[np.ndarray]) -> bool:
    """Whether every seed gave the same cost on every case that has several; failures are none."""
    several = [cell for cell in cells if len(cell) > 1]
    costs = any(np.isfinite(cell).any() for cell in several)
    return costs and all((cell == cell[0]).all() for cell in several)


def _groups(board: Any) -> dict[str, list[tuple[int, float]]]:
    """Case without its size -> (case, size) of each, where there are sizes enough for a law."""
    found: dict[str, list[tuple[int, float]]] = {}
    for j, case in enumerate(board.cases):
        family, _, rest = case.partition("[")
        parts = rest.rstrip("]").split(",") if rest else []
        kept = [part for part in parts if part.partition("=")[0] != board.size]
        size = board.sizes(case).get(board.size, 0.0)
        if size > 0:
            found.setdefault(f"{family}[{','.join(kept)}]", []).append((j, float(size)))
    return {
        name: cases
        for name, cases in found.items()
        if len({size for _, size in cases}) >= _LEAST_SIZES
    }


def _scaling(
    groups: dict[str, list[tuple[int, float]]],
    wins: list[np.ndarray],
    drawn: bool,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """The law over the group of cases with the most draws; NaN where it can't be fitted."""
    nothing = {"law": "", **dict.fromkeys(("exponent", "exponent_low", "exponent_high"), math.nan)}
    nothing["bend"] = math.nan
    if not drawn:
        return nothing
    tried = {
        name: [(size, wins[j]) for j, size in cases if len(wins[j])]
        for name, cases in groups.items()
    }
    tried = {
        name: cases
        for name, cases in tried.items()
        if len({size for size, _ in cases}) >= _LEAST_SIZES
    }
    if not tried:
        return nothing
    name = max(tried, key=lambda each: sum(len(cell) for _, cell in tried[each]))
    sizes = np.array([size for size, _ in tried[name]])
    k = np.array([cell.sum() for _, cell in tried[name]], float)
    n = np.array([len(cell) for _, cell in tried[name]], float)
    found, likelihood = fit(sizes, k, n)
    if not np.isfinite(found).all():
        return nothing | {"law": name.replace("[]", "")}
    p, _ = _law(found[0] + found[1] * np.log(sizes))
    drawn_fits, _ = fit(sizes, rng.binomial(n.astype(int), p, size=(_DRAWS, len(sizes))), n)
    slopes = -drawn_fits[:, 1]
    low, high = math.nan, math.nan
    if np.isfinite(slopes).mean() > 0.95:  # else the law can't be told from such data
        low, high = (float(end) for end in np.nanquantile(slopes, [0.025, 0.975], method="nearest"))
    return {
        "law": name.replace("[]", ""),
        "exponent": float(-found[1]),
        "exponent_low": low,
        "exponent_high": high,
        "bend": bend_test(sizes, k, n, float(likelihood)),
    }


def bend_test(
    sizes: np.ndarray, successes: np.ndarray, draws: np.ndarray, straight: float
) -> float:
    """The p-value of the likelihood-ratio test of a bend; NaN with less than four sizes."""
    from scipy.stats import chi2

    if len(np.unique(sizes)) < 4:
        return math.nan
    _, bent = fit(sizes, successes, draws, bend=True)
    return float(chi2.sf(max(0.0, 2 * (float(bent) - straight)), 1)) if bent == bent else math.nan


_COLUMNS = (
    Column("label", "Solver", "solver"),
    Column("p", "Success", "share", "low", "high", note="share of runs", better="high"),
    Column("reached", "Reached", "count", note="runs that reached the target"),
    Column("runs", "Runs", "count"),
    Column(
        "restarts",
        "Runs for one success",
        "number",
        "restarts_low",
        "restarts_high",
        note="how many runs make a success 95 % sure",
        better="low",
    ),
    Column(
        "exponent",
        "Exponent",
        "number",
        "exponent_low",
        "exponent_high",
        note="a of p = exp(-c N^-a); negative where success fades with size",
    ),
    Column("law", "Fitted on", "text", note="cases that differ in their size alone"),
    Column(
        "bend",
        "Bend",
        "probability",
        note="p-value of a bend against the law; small: growth is no such law",
    ),
)


def _plot(columns: dict[str, list[Any]]) -> Plot:
    return Plot(
        "intervals",
        "success",
        "Probability that a run succeeds",
        Axis("share of runs", "share", low=0.0, high=1.0),
        Axis("", "solver"),
        columns,
        note=(
            "Exact 95 % intervals (Clopper and Pearson), on these cases. Solvers that do the same "
            "with every seed make no draws and are not drawn."
        ),
        picker="target",
    )


def _summary(rows: list[dict[str, Any]], shown: str) -> str:
    first = rows[0]
    sure = (
        f"95 % interval {first['low']:.2g} to {first['high']:.2g}"
        if first["low"] == first["low"]
        else "without an interval, as it does the same with every seed"
    )
    what = "do not fail" if shown == "solved" else f"end at the target {shown!r}"
    return (
        f"{first['reached']} of {first['runs']} runs of {first['label']} {what}: a share of "
        f"{first['p']:.2g} ({sure})."
    )


def _notes(board: Any, rows: list[dict[str, Any]], shown: str) -> tuple[str, ...]:
    said = []
    if shown == "best known":
        said.append(
            "The best known is reached by somebody on every case, unless its optimum is known: the "
            "share hangs on who took part."
        )
    same = [row["label"] for row in rows if row["low"] != row["low"]]
    if same:
        said.append(f"The same cost with every seed, and so no draws: {', '.join(same)}.")
    if any(row["law"] for row in rows):
        said.append(
            "Laws are fitted to cases of one family that differ in their size alone, the group "
            "with the most runs."
        )
    most = max(row["runs"] for row in rows)
    said.append(
        f"With {most} runs a probability below {1 / most:.2g} can't be told from 0; more seeds can."
    )
    return tuple(said)
