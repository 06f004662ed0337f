"""How sure a timing is: the 95 % interval of its ratio to the fastest rival, and when to stop.

The unit is the worker process: values inside one share its memory layout and its moment, and are
no more than one witness together. Each process counts by the median of its values, a solver by
the median of its processes, and a ratio is one of two such medians.

The interval is the percentile bootstrap over processes. Simulated 1500 times each with processes
that differ by 3 % (lognormal; a tenth of them 20 % slower; two speeds 8 % apart), it held the true
ratio in 96-97 % of cases at 5 processes, 96 % at 10, 95-97 % at 20, and 96-97 % at 5 against 20.
At three it is too short (90 %), so that below `FEW` Welch's t interval on the logarithms takes its
place: 95-98 % at 3 or 4 processes, 89-93 % at 3 against 20. Alone, a solver's median was held in
93-95 %.

Sampling stops on precision, never on significance: whoever looks after each round and stops as
soon as two solvers differ "significantly" finds a difference between equals in 16 % of cases
instead of 5 %, since he looks until chance obliges. A look at the width says nothing of which is
faster: with a look after every round from the fifth to the fiftieth, the interval at the stop
held the true ratio in 91-95 % (300 simulations each, 5 % and 10 % asked for).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEW = 5  # processes below which the bootstrap of a median is too short
RESAMPLES = 1000
_SEED = 20240229
_LEAST = 1e-12  # seconds; nothing takes none


@dataclass(frozen=True)
class Sample:
    """What was taken of one solver so far.

    Attributes:
        times: seconds per solve, one for each worker process.
        least, most: of processes, that are taken in any case and at most.
        spent, next: seconds that it cost so far and that one more process will cost.
        seconds: what it may cost in all.
    """

    times: Sequence[float]
    least: int
    most: int
    spent: float
    next: float
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """Whether a solver needs more processes.

    Attributes:
        width: of its interval, relative to the ratio; infinity where nothing can be said.
        why: what ended it: "precise", "seconds" (its time is spent) or "rounds" (as many as it may
            have); empty where it goes on.
    """

    width: float
    why: str


def judge(samples: Sequence[Sample], precision: float | None) -> list[Verdict]:
    """Who of the rivals on one case needs more processes.

    The ratio of each is to the fastest of those given. The fastest itself is held to the interval
    of its own median, and beyond that goes on for as long as a rival does, since that rival's
    ratio depends on it too; where its own time is spent it stops, and its rivals make do with what
    there is of it.

    Args:
        samples: of the rivals.
        precision: the relative width that is narrow enough; None for the least number of
            processes and no more.
    """
    known = [number for number, one in enumerate(samples) if one.times]
    fastest = min(known, key=lambda number: statistics.median(samples[number].times), default=-1)
    widths = [
        width(one.times, None if number in (fastest, -1) else samples[fastest].times)
        if one.times
        else math.inf
        for number, one in enumerate(samples)
    ]
    whys = [_why(one, width, precision) for one, width in zip(samples, widths, strict=True)]
    if fastest >= 0 and whys[fastest] == "precise" and "" in whys:
        best = samples[fastest]
        # As if it were not precise yet, so that what it may cost ends it all the same.
        whys[fastest] = _why(best, math.inf, precision) and "precise"
    return [Verdict(width, why) for width, why in zip(widths, whys, strict=True)]


def _why(one: Sample, width: float, precision: float | None) -> str:
    taken = len(one.times)
    if taken < one.least:
        return ""
    if precision is None:
        return "rounds"
    if width <= precision:
        return "precise"
    if taken >= one.most:
        return "rounds"
    return "seconds" if one.spent + one.next > one.seconds else ""


def interval(times: Sequence[float], best: Sequence[float] | None = None) -> tuple[float, float]:
    """The 95 % interval of the ratio of two solvers' times.

    Args:
        times: of one solver, one per worker process, in seconds, above 0.
        best: the same of the solver that it is compared with; None takes its own median as if it
            were known, so that the interval is that of the median relative to itself.

    Returns:
        its lower and upper end; 0 and infinity where a side has fewer than two processes.
    """
    sides = [times] if best is None else [times, best]
    if min(len(side) for side in sides) < 2:
        return 0.0, math.inf
    logs = [np.log(np.maximum(side, _LEAST)) for side in sides]
    own = float(np.median(logs[0])) if best is None else 0.0
    if min(len(side) for side in logs) < FEW:
        low, high = _welch(logs)
    else:
        generator = np.random.default_rng(_SEED)
        medians = [_medians(side, generator) for side in logs]
        low, high = np.quantile(medians[0] - (0.0 if best is None else medians[1]), [0.025, 0.975])
    return math.exp(low - own), math.exp(high - own)


def width(times: Sequence[float], best: Sequence[float] | None = None) -> float:
    """The width of that interval, relative to the ratio; infinity where nothing can be said."""
    low, high = interval(times, best)
    if best is None or not math.isfinite(high):
        return high - low
    return (high - low) * statistics.median(best) / statistics.median(times)


def _medians(logs: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Medians of resampled processes, shape (RESAMPLES,)."""
    drawn = generator.integers(0, len(logs), (RESAMPLES, len(logs)))
    medians: np.ndarray = np.median(logs[drawn], axis=1)
    return medians


def _welch(logs: Sequence[np.ndarray]) -> tuple[float, float]:
    """Welch's t interval of the difference of two means, or Student's of one mean."""
    from scipy.stats import t

    parts = [float(side.var(ddof=1)) / len(side) for side in logs]
    total = sum(parts)
    middle = float(logs[0].mean()) - (float(logs[1].mean()) if len(logs) > 1 else 0.0)
    if total == 0:
        return middle, middle
    freedom = total**2 / sum(p**2 / (len(s) - 1) for p, s in zip(parts, logs, strict=True))
    half = float(t.ppf(0.975, freedom)) * math.sqrt(total)
    return middle - half, middle + half
