"""All that a plugin may import.

A *problem* makes instances and scores answers; a *solver* yields ever-better answers. The harness
owns the clock, the budget, the scoring and the trace; a solver sees none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import pluggy

from harness.claim import (
    CallsToTarget,
    Claim,
    CostGap,
    Dominance,
    Growth,
    Level,
    SameAnswers,
    ScoreGrowth,
    ScoreRatio,
    Speedup,
    SpeedupGrowth,
)
from harness.findings import Axis, Column, Finding, NotApplicable, Plot, Statistic
from harness.kernels import kernel

if TYPE_CHECKING:  # listing what is installed must not pay for numpy
    import numpy as np

__all__ = [
    "Axis",
    "BudgetSpent",
    "CallsToTarget",
    "Case",
    "Claim",
    "Column",
    "CostGap",
    "Data",
    "Dominance",
    "Events",
    "Finding",
    "Growth",
    "Instance",
    "InvalidAnswer",
    "InvalidCase",
    "Level",
    "Meter",
    "NotApplicable",
    "Plot",
    "Problem",
    "SameAnswers",
    "ScoreGrowth",
    "ScoreRatio",
    "Solver",
    "Speedup",
    "SpeedupGrowth",
    "Statistic",
    "Symmetry",
    "Undecided",
    "Unsupported",
    "hookimpl",
    "intervals",  # noqa: F822  # by __getattr__
    "kernel",
]

hookimpl = pluggy.HookimplMarker("bench_harness")

KINDS = ("batch", "oracle", "estimation", "prediction", "online", "sampling", "exact")
ROLES = ("paper", "baseline", "peer")


def __getattr__(name: str) -> Any:
    """`intervals`, which needs numpy, is imported when a statistic asks for it."""
    if name == "intervals":
        import importlib

        return importlib.import_module("harness.intervals")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class InvalidAnswer(Exception):
    """Raised by `Problem.score`: what was wrong with the answer, and what was expected."""


class InvalidCase(Exception):
    """Raised by `Problem.make`: what is wrong with the case, what was expected, what to do."""


class BudgetSpent(Exception):
    """Raised by an oracle when a call would go beyond the budget; a solver need not catch it."""


class Undecided(Exception):
    """Raised by `Events` when the next event is asked for before the last one was decided."""


class Unsupported(Exception):
    """Raised by `Solver.solve` where a case is beyond the solver: which limit, and what to do.

    Such as a circuit of more qubits than a state vector holds. In every ranking the run counts as
    a failure: a solver can't improve its place by choosing its cases.
    """


class Data:
    """What a solver sees: read-only named values, as `data.name` or `data["name"]`.

    Arrays in it are read-only (memory maps of files that all runs share); a solver that wants to
    write makes a copy.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_values", dict(values))

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def as_dict(self) -> dict[str, Any]:
        """The values by name; not called `dict` or `values`, which a problem may use as a name."""
        return dict(self._values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"the data has no {name!r}; it has {', '.join(self)}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("the data of a problem is read-only; work on a copy")

    def __repr__(self) -> str:
        parts = (
            f"{name}={value.dtype}{list(value.shape)}"
            if hasattr(value, "dtype") and hasattr(value, "shape")
            else f"{name}={value!r}"
            for name, value in self._values.items()
        )
        return f"Data({', '.join(parts)})"


@dataclass(frozen=True)
class Case:
    """A named family of instances with its parameters, written `digits[k=50,metric=cosine]`.

    `parameters` holds every parameter of the family, the given ones and the defaults. `draw`
    numbers independent draws of a case that is generated at random.
    """

    family: str
    parameters: Mapping[str, Any]
    draw: int = 0
    text: str = ""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "parameters":
            raise AttributeError(name)
        try:
            return self.parameters[name]
        except KeyError:
            raise AttributeError(
                f"case {self.family!r} has no parameter {name!r}; it has "
                + (", ".join(self.parameters) or "none")
            ) from None

    def __str__(self) -> str:
        return self.text or self.family


@dataclass(frozen=True)
class Instance:
    """One instance of a problem.

    Attributes:
        data: what a solver sees, plain data: arrays, numbers, strings, and tuples, lists and
            dicts (keyed by strings) of them. A dict reaches the solver as `Data`.
        truth: what a solver must never see (held-out labels, the planted optimum); plain data.
        sizes: the numbers by which growth is charted, such as `{"n": 1797, "k": 10}`.
        optimum: the exact least cost, where it is known by construction.
    """

    data: Any
    truth: Any = None
    sizes: Mapping[str, float] = field(default_factory=dict)
    optimum: float | None = None


@dataclass(frozen=True)
class Symmetry:
    """A transformation of an instance under which the cost must follow.

    Attributes:
        name: what is done, such as "objects permuted".
        instance: the transformed instance.
        back: an answer to `instance`, turned into an answer to the original.
        cost: the cost on the original, turned into the cost on `instance`.
        strict: whether a solver started from the same seed must reach the same cost (up to
            `cost`); true only where the arithmetic is the same, such as scaling by a power of two.
    """

    name: str
    instance: Instance
    back: Callable[[Any], Any] = lambda answer: answer
    cost: Callable[[float], float] = lambda cost: cost
    strict: bool = False


class Meter:
    """Counts the calls of an oracle, or the events of an online problem, against the budget."""

    __slots__ = ("calls", "limit")

    def __init__(self, limit: int | None = None) -> None:
        self.calls = 0
        self.limit = limit

    def count(self, calls: int = 1) -> None:
        """Count `calls` more; raises `BudgetSpent`, uncounted, where they exceed the budget."""
        if self.limit is not None and self.calls + calls > self.limit:
            raise BudgetSpent(f"{self.limit} calls were allowed and are spent")
        self.calls += calls


class Events:
    """Online data: an iterator that reveals the next event only after the last was decided.

    A solver writes `for event in events: ...; yield decision`. Each yield decides the event last
    revealed; asking for the next one without having yielded raises `Undecided`. The harness
    stamps when each event was revealed and when it was decided, and tells the quantiles
    `latency_p50` and `latency_p99`, and `build_seconds`, the time before the first one was asked
    for. What an index is built from is an attribute of a subclass.
    """

    def __init__(self, events: Iterable[Any], meter: Meter) -> None:
        self._events = iter(events)
        self._meter = meter
        self._open = False
        self._revealed: Callable[[], None] = lambda: None

    def __iter__(self) -> Events:
        return self

    def __next__(self) -> Any:
        if self._open:
            raise Undecided("yield a decision on the last event before asking for the next one")
        event = next(self._events)
        self._meter.count()
        self._open = True
        self._revealed()
        return event

    def decided(self, decision: Any = None) -> bool:
        """Close the open event; called by the harness at each yield. False if none was open."""
        was_open, self._open = self._open, False
        return was_open

    def on_reveal(self, stamp: Callable[[], None]) -> None:
        """Called by the harness: `stamp` runs each time an event is revealed."""
        self._revealed = stamp


class Problem:
    """A problem, and so one leaderboard. Subclass it in a file `problem.py`.

    Class attributes:
        title: the name of the problem as a reader knows it.
        kind: one of batch, oracle, estimation, prediction, online, sampling, exact.
        cost_name: what the cost is, with its unit, such as "total deviation".
        counts: "last" where the last answer counts, "best" where the best does. An online
            problem scores the list of all decisions.
        compare: "ratio" where costs are positive and are compared by cost / best known;
            "difference" where they may be zero or negative.
        rank_by: "cost", or "time" where all right answers are equally good (exact computation).
        timed: whether `bench run` takes timings by default; not worth it where every run goes on
            until its calls are spent, as its length says nothing then.
        size: the entry of `Instance.sizes` by which growth is charted.
        families: name of each family of cases -> its parameters with their defaults.
        suites: named lists of cases, as users would type them. `smoke` runs in seconds,
            `standard` is the leaderboard, `large` shows growth, `edge` holds the smallest and
            oddest cases for the conformance kit; `tuning` has cases of the same kinds that no other
            suite has, on which `bench tune` chooses settings.
        starter: the body of a simple `solve` that yields a valid answer, with a comment on what
            the data are; `bench new solver` begins with it.
    """

    title: ClassVar[str] = ""
    kind: ClassVar[str] = "batch"
    cost_name: ClassVar[str] = "cost"
    counts: ClassVar[str] = "last"
    compare: ClassVar[str] = "ratio"
    rank_by: ClassVar[str] = "cost"
    timed: ClassVar[bool] = True
    size: ClassVar[str] = "n"
    families: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    suites: ClassVar[Mapping[str, Sequence[str]]] = {}
    starter: ClassVar[str] = ""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        """Build the instance of a case; `rng` is seeded by the case alone.

        Raises:
            InvalidCase: where the parameters, or a file that they name, make no instance.
        """
        raise NotImplementedError(f"{type(self).__name__} must define make(self, case, rng)")

    def open(self, data: Any, meter: Meter) -> Any:
        """Turn stored data into what the solver gets: an oracle, or `Events`, or the data itself.

        Runs in the solver's process before the clock starts. An oracle calls `meter.count()`
        before each evaluation.
        """
        return data

    def score(self, instance: Instance, answer: Any) -> tuple[float, Mapping[str, float]]:
        """The cost of an answer (smaller is better) and named secondary scores.

        Raises:
            InvalidAnswer: where the answer is not one; the message says what was wrong.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define score(self, instance, answer)"
        )

    def items(self, instance: Instance, answer: Any) -> Sequence[bool] | None:
        """For each test item, in an order that is the same for all answers, whether it is right.

        None where the problem has no items. The harness asks for the answer that counts, once it
        is scored and off the clock; what is right is told by the problem, never by a solver. Tests
        of paired predictions need it; of more than 100,000 items nothing is kept.
        """
        return None

    def normal(self, instance: Instance, answer: Any) -> Any:
        """A scored answer in the form that all answers which mean the same share (plain data).

        Such as a set as a sorted array. The harness keeps a digest of it, by which claims about
        equal answers are judged.
        """
        return answer

    def exact(self, instance: Instance) -> float | None:
        """The least possible cost of a tiny instance by an independent method; None if too big."""
        return None

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterable[Symmetry]:
        """Transformations of an instance under which the cost must follow.

        The first that changes the instance has to leave it as hard as it was: it is solved after
        the timed solves, and a solver that takes far longer for it is taken to keep answers.
        """
        return ()


class Solver:
    """A solver: a frozen dataclass whose fields are its parameters.

    Class attributes:
        problem: the name of the problem it solves.
        papers: keys of the papers it implements.
        role: "paper", "baseline" (a textbook method or a floor) or "peer" (another package).
        requires: distributions that must be installed beyond the harness, as pip knows them;
            where one is missing the solver is skipped and the row says how to install it.
        growth: the exponents that the theory states, by measure ("time", "memory") and entry of
            `Instance.sizes`, such as `{"time": {"n": 2, "k": 0}, "memory": {"n": 1}}`; of a step
            where only a step's cost is known. Leave out what is not known. A report shows them
            beside the measured ones.
        space: the ranges of the parameters that `bench tune` tries, a literal such as
            `{"learning_rate": ("log", 1e-4, 1.0), "momentum": ("choice", 0.9, 0.99)}`; the kinds
            are log, linear, integer, log integer and choice. Nothing where a user would tune
            nothing.
    """

    problem: ClassVar[str] = ""
    papers: ClassVar[tuple[str, ...]] = ()
    role: ClassVar[str] = "baseline"
    requires: ClassVar[tuple[str, ...]] = ()
    growth: ClassVar[Mapping[str, Mapping[str, float]]] = {}
    space: ClassVar[Mapping[str, Sequence[Any]]] = {}

    def solve(self, data: Any, rng: np.random.Generator) -> Iterator[Any]:
        """Yield ever-better answers; the last one counts (the best, where the problem says so).

        Args:
            data: what the problem's `open` gave; arrays are read-only.
            rng: the only source of randomness; seeded by the run.
        """
        raise NotImplementedError(f"{type(self).__name__} must define solve(self, data, rng)")
