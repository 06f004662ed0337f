"""What a paper promises, as data: the quantity to measure, and the range that keeps the promise.

A problem's folder holds them in `claims.py`, as a list `CLAIMS`. Nothing here can say how a claim
came out: the verdict is computed from records, each time anew (`harness.claims`).

Solvers and cases are selectors, as users type them: "pam[init=random]", "digits[k=100]".
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import ClassVar

REPRODUCED, WEAKER, CONTRADICTED = "reproduced", "weaker than claimed", "contradicted"
INCONCLUSIVE, UNTESTABLE = "inconclusive", "not testable here"
VERDICTS = (REPRODUCED, WEAKER, CONTRADICTED, INCONCLUSIVE, UNTESTABLE)

Range = tuple[float, float]
ANY: Range = (-math.inf, math.inf)

# The settings of quantities, and what they may be.
_CHOICES = {
    "clock": ("timing", "trace"),
    "of": ("timing", "trace", "memory", "calls", "instructions"),
    "unit": ("calls", "seconds"),
    "over": ("seconds", "calls"),
}


@dataclass(frozen=True)
class Quantity:
    """A number that records determine; the subclasses are the kinds there are.

    Class attributes:
        form: how it is written, one of `harness.findings.FORMS`.
        timed: whether pyperf's timings are needed.
    """

    form: ClassVar[str] = "number"

    def __post_init__(self) -> None:
        own = type(self).__name__
        if not self.cases or not all(isinstance(case, str) and case for case in self.cases):
            raise ValueError(f"{own}: name at least one case in `on`, each as a text")
        if "rival" in self.__dict__ and self.__dict__["rival"] == self.__dict__["solver"]:
            raise ValueError(f"{own}: the solver and its rival are the same")
        for name, known in _CHOICES.items():
            given = self.__dict__.get(name, known[0])
            if given not in known:
                raise ValueError(f"{own}: {name} is {given!r}; expected {' or '.join(known)}")

    @property
    def solvers(self) -> tuple[str, ...]:
        """Selectors of the solvers that have to run."""
        named = (getattr(self, name, "") for name in ("solver", "rival"))
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def cases(self) -> tuple[str, ...]:
        """Selectors of the cases that they have to run on, each once: a case named twice would
        count as two that agree."""
        given = self.__dict__.get("on", ())
        return (given,) if isinstance(given, str) else tuple(dict.fromkeys(given))

    @property
    def timed(self) -> bool:
        return bool(getattr(self, "clock", "") == "timing")

    @property
    def words(self) -> str:
        """What is measured, for a reader."""
        raise NotImplementedError


def _where(cases: tuple[str, ...]) -> str:
    return cases[0] if len(cases) == 1 else f"{len(cases)} cases"


def _clock(clock: str) -> str:
    return "time of a solve" if clock == "timing" else "solver's own time in traced runs"


@dataclass(frozen=True)
class Speedup(Quantity):
    """Time of `rival` / time of `solver`: on one case, or the geometric mean over several.

    `clock` is "timing" (pyperf) or "trace" (the solver's own time in traced runs, for solves too
    long to be timed in several processes). A rival that ran into its time limit counts with that
    limit, so that the ratio is then a lower bound.
    """

    solver: str
    rival: str
    on: str | tuple[str, ...]
    clock: str = "timing"
    form: ClassVar[str] = "factor"

    @property
    def words(self) -> str:
        times = _clock(self.clock)
        return f"{times}, {self.rival} / {self.solver}, on {_where(self.cases)}"


@dataclass(frozen=True)
class SpeedupGrowth(Quantity):
    """The exponent with which that ratio grows with an entry of the instances' sizes."""

    solver: str
    rival: str
    on: tuple[str, ...]
    by: str
    clock: str = "timing"

    @property
    def words(self) -> str:
        return (
            f"exponent in {self.by} of the {_clock(self.clock)}, {self.rival} / {self.solver}, "
            f"on {_where(self.cases)}"
        )


@dataclass(frozen=True)
class Growth(Quantity):
    """The exponent with which a solver's time, memory or calls grow with an entry of the sizes.

    `of` is "timing", "trace" (both are times), "memory", "calls" or "instructions".
    """

    solver: str
    on: tuple[str, ...]
    by: str
    of: str = "timing"

    @property
    def timed(self) -> bool:
        return self.of == "timing"

    @property
    def words(self) -> str:
        what = _clock(self.of) if self.of in ("timing", "trace") else self.of
        return f"exponent in {self.by} of the {what} of {self.solver}, on {_where(self.cases)}"


@dataclass(frozen=True)
class CostGap(Quantity):
    """How much more `solver` costs than `rival`, as a share of the rival's cost.

    The mean over seeds on one case, the mean over cases of those (of logarithms) on several;
    a difference instead of a share where the problem compares costs by difference.
    """

    solver: str
    rival: str
    on: str | tuple[str, ...]
    form: ClassVar[str] = "share"

    @property
    def words(self) -> str:
        return f"cost of {self.solver} beyond that of {self.rival}, on {_where(self.cases)}"


@dataclass(frozen=True)
class SameAnswers(Quantity):
    """The share of runs in which both give the same answer (from the same seed).

    Where `reproduced` reaches up to 1, one run that differs refutes the claim, and its lower end
    says how many runs that agree are enough.
    """

    solver: str
    rival: str
    on: tuple[str, ...]
    form: ClassVar[str] = "share"

    @property
    def words(self) -> str:
        runs = f"on {_where(self.cases)}"
        return f"share of runs in which {self.solver} and {self.rival} give one answer, {runs}"


@dataclass(frozen=True)
class Level(Quantity):
    """The mean of a secondary score over runs and cases, such as a coverage or an error rate.

    An empty `score` is the cost itself.
    """

    solver: str
    score: str
    on: str | tuple[str, ...]

    @property
    def words(self) -> str:
        return f"mean {self.score or 'cost'} of {self.solver}, on {_where(self.cases)}"


@dataclass(frozen=True)
class ScoreRatio(Quantity):
    """A secondary score of `solver` / that of `rival`, such as a latency or a recall.

    The ratio of geometric means over seeds on one case, or the geometric mean of those over several
    cases. An empty `score` is the cost itself. The score has to be positive.
    """

    solver: str
    rival: str
    score: str
    on: str | tuple[str, ...]
    form: ClassVar[str] = "factor"

    @property
    def words(self) -> str:
        what = self.score or "cost"
        return f"{what} of {self.solver} / {self.rival}, on {_where(self.cases)}"


@dataclass(frozen=True)
class ScoreGrowth(Quantity):
    """The exponent with which a secondary score changes with an entry of the sizes: a rate.

    An empty `score` is the cost itself. The score has to be positive.
    """

    solver: str
    score: str
    on: tuple[str, ...]
    by: str

    @property
    def words(self) -> str:
        what = self.score or "cost"
        return f"exponent in {self.by} of the {what} of {self.solver}, on {_where(self.cases)}"


@dataclass(frozen=True)
class CallsToTarget(Quantity):
    """Expected calls of `rival` / of `solver` until a target is reached (geometric mean).

    `target` is how far above the reference the cost may be: a share where the problem compares by
    ratio, else a difference. `unit` is "calls" or "seconds" (the solver's own time). Runs that
    miss it count with their length, as if they were started again.
    """

    solver: str
    rival: str
    on: str | tuple[str, ...]
    target: float
    unit: str = "calls"
    form: ClassVar[str] = "factor"

    @property
    def words(self) -> str:
        return (
            f"expected {self.unit} until within {self.target:g} of the reference, "
            f"{self.rival} / {self.solver}, on {_where(self.cases)}"
        )


@dataclass(frozen=True)
class Dominance(Quantity):
    """The share of a curve on which `solver` is at least as good as `rival`.

    Median costs over seeds at 50 log-spaced points, from when both have an answer until the
    longer of the two ends; `over` is "seconds" or "calls".
    """

    solver: str
    rival: str
    on: str | tuple[str, ...]
    over: str = "seconds"
    form: ClassVar[str] = "share"

    @property
    def words(self) -> str:
        return (
            f"share of {self.over} at which {self.solver} is at least as good as {self.rival}, "
            f"on {_where(self.cases)}"
        )


@dataclass(frozen=True)
class Claim:
    """A claim of a paper, and what has to be measured to judge it.

    The ranges are of the quantity. The verdict is *reproduced* where its 95 % interval lies within
    `reproduced`, *contradicted* where it lies outside of `holds`, *weaker than claimed* where it
    lies within `holds` and outside of `reproduced`, and *inconclusive* where it lies across.
    Failed runs of the solver count against its claim; no failed run counts for one.

    Attributes:
        name: letters, digits and hyphens, unique on its board.
        paper: key of the paper.
        statement: the claim in our words. figure: the paper's own figures and their setting.
        quantity: what is measured; None for a claim that can't be tested here.
        reproduced: the range that keeps the claim; `holds`: the range in which its direction is
            right at least; the same as `reproduced` where there is no such middle ground.
        untestable: why it can't be tested here.
        setting: how the setting here differs from the paper's.
        seeds, timeout, budget, rounds, values, timing_budget, precision: of the runs, as the
            options of `bench run`.
    """

    name: str
    paper: str
    statement: str
    figure: str
    quantity: Quantity | None = None
    reproduced: Range = ANY
    holds: Range | None = None
    untestable: str = ""
    setting: str = ""
    seeds: int = 5
    timeout: float = 60.0
    budget: float | None = None
    rounds: int = 5
    values: int = 3
    timing_budget: float = 10.0
    precision: float | None = 0.05

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            raise ValueError(f"claim {self.name!r}: a name is of letters, digits and hyphens")
        texts = (self.paper, self.statement, self.figure, self.untestable, self.setting)
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(f"claim {self.name!r}: what is said in words has to be a text")
        if self.seeds < 1:
            raise ValueError(f"claim {self.name!r}: seeds = {self.seeds}; expected at least 1")
        if (self.quantity is None) == (not self.untestable):
            raise ValueError(
                f"claim {self.name!r}: give it a quantity, or say in `untestable` why it has none"
            )
        low, high = self.range_that_holds
        if not low <= self.reproduced[0] <= self.reproduced[1] <= high:
            raise ValueError(
                f"claim {self.name!r}: reproduced = {self.reproduced} does not lie within "
                f"holds = {self.holds}"
            )
        if self.quantity is not None and self.reproduced == ANY:
            raise ValueError(f"claim {self.name!r}: say which range counts as reproduced")

    @property
    def range_that_holds(self) -> Range:
        """`holds`, or the range that counts as reproduced where it has none of its own."""
        return self.reproduced if self.holds is None else self.holds
