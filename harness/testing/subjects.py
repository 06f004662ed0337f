"""What is checked, with all that the checks share: instances, runs and costs, each made once."""

from __future__ import annotations

import contextlib
import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.answers import encode, own
from harness.api import Instance, InvalidAnswer, Problem, Symmetry
from harness.cases import make_case
from harness.catalogue import Catalogue, Configured
from harness.instances import Stored, build
from harness.keys import modules_of, source_key
from harness.loading import PluginError, imported_modules
from harness.machine import missing
from harness.measure import judge
from harness.paths import cache_folder
from harness.run import Budget
from harness.selectors import Misuse
from harness.testing.lab import Lab, Run
from harness.testing.model import NotApplicable

SEED = 0
BASE = Budget(seconds=0.5, answers=2000)  # of the runs that all checks share
_MOST_SOLVERS = 4  # whose answers a problem is checked with


@dataclass(frozen=True, eq=False)
class Spot:
    """A case with its instance; `text` is how sentences name it."""

    text: str
    stored: Stored
    instance: Instance


@dataclass(frozen=True)
class Judged:
    """An answer of a run: its number and its cost, or what is wrong with it."""

    number: int
    answer: Any
    cost: float = 0.0
    complaint: str = ""


class ProblemSubject:
    """A problem, the cases that checks use, and what is known about them."""

    def __init__(self, catalogue: Catalogue, name: str, lab: Lab) -> None:
        self.catalogue, self.name, self.lab = catalogue, name, lab
        self._solvers: dict[str, SolverSubject] = {}
        self._exact: dict[Spot, float | None] = {}
        self._turned: dict[Spot, list[tuple[Symmetry, Spot]]] = {}

    @functools.cached_property
    def problem(self) -> Problem:
        """The problem itself.

        Raises:
            NotApplicable: where it can't be used; check it first.
        """
        try:
            return self.catalogue.problem(self.name).load()
        except (Misuse, PluginError) as error:
            raise NotApplicable(f"the problem can't be used: {error}") from None

    def problem_class(self) -> Problem:
        return self.problem

    def texts(self, *suites: str) -> list[str]:
        """The cases of these suites as users type them, each once."""
        found = (text for suite in suites for text in self.problem.suites.get(suite, ()))
        return list(dict.fromkeys(found))

    def make(
        self, texts: Sequence[str], elsewhere: bool = False, cache: str = ""
    ) -> dict[str, dict[str, str]]:
        """Each case made in an isolated process: its digest, or the error."""
        source = self.catalogue.problem(self.name).source
        task = {
            "do": "make",
            "problem": source.as_json(),
            "name": self.name,
            "cases": list(texts),
            "cache": cache,
            "key": source_key(source),
        }
        found, run = self.lab.inside(task, elsewhere, timeout=60.0)
        if found is not None:
            return found
        if len(texts) == 1:
            return {texts[0]: {"digest": "", "error": f"it took its process down: {run.message}"}}
        return {text: self.make([text], elsewhere, cache)[text] for text in texts}

    @functools.cached_property
    def made(self) -> dict[str, str]:
        """The cases of `edge` and `smoke`, put into the cache: what kept each from being made."""
        texts = self.texts("edge", "smoke")
        found = self.make(texts, cache=str(cache_folder())) if texts else {}
        return {text: one["error"] for text, one in found.items()}

    def _spots(self, suite: str) -> list[Spot]:
        """The instances of a suite; those that can't be made are left to the problem's checks."""
        texts, found = self.texts(suite), []
        key = source_key(self.catalogue.problem(self.name).source)
        for text in texts:
            if not self.made[text]:
                case = make_case(self.name, self.problem, text)
                stored = build(self.problem, self.name, case, key)
                found.append(Spot(text, stored, stored.load()))
        return found

    @functools.cached_property
    def _smoke(self) -> list[Spot]:
        size = self.problem.size
        return sorted(self._spots("smoke"), key=lambda spot: spot.stored.sizes.get(size, 0.0))

    @functools.cached_property
    def spots(self) -> list[Spot]:
        """The odd and small cases: the suite `edge` and the smallest of `smoke`.

        Raises:
            NotApplicable: where there is none.
        """
        found = self._spots("edge") + self._smoke[:1]
        if not found:
            raise NotApplicable(f"no case of {self.name} can be made; check the problem first")
        return found

    @property
    def largest(self) -> Spot:
        """The largest case of `smoke`."""
        return (self._smoke or self.spots)[-1]

    def exact(self, spot: Spot) -> float | None:
        """What exact() says."""
        if spot not in self._exact:
            with blamed(f"exact() of {self.name} fails on {spot.text}"):
                found = self.problem.exact(spot.instance)
                self._exact[spot] = None if found is None else float(found)
        return self._exact[spot]

    def least(self, spot: Spot) -> float | None:
        """The least cost, where exact() or the instance knows it."""
        known = [v for v in (self.exact(spot), spot.instance.optimum) if v is not None]
        return min(known, default=None)

    def turned(self, spot: Spot) -> list[tuple[Symmetry, Spot]]:
        """The symmetries of an instance, and the instances that they lead to."""
        if spot not in self._turned:
            with blamed(f"symmetries() of {self.name} fails on {spot.text}"):
                symmetries = list(
                    self.problem.symmetries(spot.instance, np.random.default_rng(SEED))
                )
                stored = [self.lab.keep(symmetry.instance) for symmetry in symmetries]
            self._turned[spot] = [
                (symmetry, Spot(f"{spot.text} with {symmetry.name}", kept, kept.load()))
                for symmetry, kept in zip(symmetries, stored, strict=True)
            ]
        return self._turned[spot]

    def judged(self, spot: Spot, number: int, answer: Any) -> Judged:
        """An answer with its cost, or with what is wrong with it."""
        try:
            return Judged(number, answer, judge(self.problem, spot.instance, own(answer))[0])
        except InvalidAnswer as error:
            return Judged(number, answer, complaint=str(error))

    def solver(self, configured: Configured) -> SolverSubject:
        """A solver on this board; the same one each time."""
        if configured.label not in self._solvers:
            self._solvers[configured.label] = SolverSubject(self, configured)
        return self._solvers[configured.label]

    @functools.cached_property
    def solvers(self) -> list[SolverSubject]:
        """A few solvers whose answers the problem is checked with.

        Ours before peers, and papers' methods and baselines in turn, as their answers differ most.
        """
        known: Counter[str] = Counter()
        usable = []
        for entry in self.catalogue.solvers_of(self.name):
            if not entry.error and not missing(entry.requires):
                usable.append((entry.role == "peer", known[entry.role], entry))
                known[entry.role] += 1
        usable.sort(key=lambda one: one[:2])
        return [self.solver(Configured(entry)) for _, _, entry in usable[:_MOST_SOLVERS]]

    def answers(self, spot: Spot) -> Iterator[tuple[SolverSubject, Judged]]:
        """The final answer of each of these solvers, where it is a valid one."""
        for solver in self.solvers:
            run = solver.bases.get(spot)
            if run is not None and run.ok and not (last := solver.last(spot, run)).complaint:
                yield solver, last


class SolverSubject:
    """A solver with its parameters, and the runs that checks share."""

    def __init__(self, board: ProblemSubject, configured: Configured) -> None:
        self.board, self.entry = board, configured.entry
        self.parameters = dict(configured.given)
        self.name = f"{board.name}/{configured.label}"
        self._judged: dict[Run, list[Judged]] = {}

    def problem_class(self) -> Problem:
        return self.board.problem

    @property
    def lab(self) -> Lab:
        return self.board.lab

    @functools.cached_property
    def absent(self) -> str:
        """What must be installed first; empty where nothing must."""
        names = " ".join(missing(self.entry.requires))
        return f"{names} is not installed: pip install {names}" if names else ""

    @functools.cached_property
    def facts(self) -> tuple[dict[str, Any] | None, Run]:
        """What the class says of itself when it is loaded, in isolation."""
        return self.lab.inside(
            {"do": "facts", "problem": self.board.name, "solver": self.entry.source.as_json()}
        )

    @functools.cached_property
    def _job(self) -> dict[str, Any]:
        problem = self.board.catalogue.problem(self.board.name).source
        opening = imported_modules(problem.file, within="open")
        return {
            "problem": problem.as_json(),
            "solver": self.entry.source.as_json(),
            "parameters": self.parameters,
            "preload": [*modules_of(self.entry.source), *opening],
            "seed": SEED,
        }

    def run(self, spot: Spot, budget: Budget, elsewhere: bool = False) -> Run:
        """One run in a process of its own, as in a bench."""
        job = {**self._job, "data": str(spot.stored.data)}
        return self.lab.run(job, budget, elsewhere)

    def _runs(
        self,
        wanted: Mapping[Spot, Budget],
        elsewhere: bool = False,
        writable: bool = False,
    ) -> dict[Spot, Run]:
        """Runs in one process where all goes well in it, else each in its own.

        None follows one that had to be killed.
        """
        together = self._batch(wanted, elsewhere, writable)
        if together is not None:
            return together
        singly = {}
        for spot, budget in wanted.items():
            alone = self._batch({spot: budget}, elsewhere, writable) if writable else None
            singly[spot] = alone[spot] if alone else self.run(spot, budget, elsewhere)
            if singly[spot].status == "timeout":
                break
        return singly

    def _batch(
        self, wanted: Mapping[Spot, Budget], elsewhere: bool, writable: bool
    ) -> dict[Spot, Run] | None:
        if not wanted:
            return {}
        folders = [(spot.stored.data, budget) for spot, budget in wanted.items()]
        runs = self.lab.batch(self._job, folders, elsewhere, writable)
        if runs is None or not all(run.ok for run in runs):
            return None
        return dict(zip(wanted, runs, strict=True))

    @functools.cached_property
    def bases(self) -> dict[Spot, Run]:
        """A run on each case, up to the first that must be killed.

        Raises:
            NotApplicable: where the solver can't be run at all.
        """
        if self.absent:
            raise NotApplicable(self.absent)
        found, _ = self.facts
        if found is None or found["error"]:
            raise NotApplicable("it can't be loaded; see the check `loads`")
        *others, first = self.board.spots
        run = self.run(first, BASE)
        if run.status == "timeout":
            return {first: run}
        return {**self._runs(dict.fromkeys(others, BASE)), first: run}

    @property
    def good(self) -> dict[Spot, Run]:
        """The runs that ended well.

        Raises:
            NotApplicable: where there is none.
        """
        found = {spot: run for spot, run in self.bases.items() if run.ok}
        if not found:
            raise NotApplicable("no run ended well; see the checks `runs` and `answers`")
        return found

    @functools.cached_property
    def again(self) -> dict[Spot, Run]:
        """The good runs once more, as far as they went, where all is different that may be.

        That is the other server, and data that can be written.
        """
        wanted = {
            spot: Budget(seconds=10.0, answers=run.answers + (run.why == "finished"))
            for spot, run in self.good.items()
        }
        return self._runs(wanted, elsewhere=True, writable=True)

    @functools.cached_property
    def turned(self) -> list[tuple[Spot, Run, Symmetry, Spot, Run]]:
        """Each good run to a valid answer, each symmetry, and the run on what it leads to."""
        pairs = [
            (spot, run, symmetry, turned)
            for spot, run in self.good.items()
            if not self.last(spot, run).complaint
            for symmetry, turned in self.board.turned(spot)
        ]
        runs = self._runs({turned: as_far_as(run) for _, run, _, turned in pairs})
        return [(*pair, runs[pair[3]]) for pair in pairs if pair[3] in runs]

    def kept(self, run: Run) -> dict[int, Any]:
        """The known answers of a run by their number; online, the list of decisions."""
        if self.board.problem.kind != "online":
            return {point.answers: point.answer for point in run.points}
        decisions = [decision for point in run.points for decision in point.answer]
        return {len(decisions): decisions} if run.points else {}

    def judged(self, spot: Spot, run: Run) -> list[Judged]:
        """The known answers of a run, judged."""
        if run not in self._judged:
            self._judged[run] = [
                self.board.judged(spot, number, answer) for number, answer in self.kept(run).items()
            ]
        return self._judged[run]

    def last(self, spot: Spot, run: Run) -> Judged:
        """The last answer of a run."""
        return (self.judged(spot, run) or [Judged(0, None, complaint="there is no answer")])[-1]


def as_far_as(run: Run) -> Budget:
    """The budget that ends another run after as many answers."""
    if run.why == "finished":
        return Budget(seconds=10.0)
    return Budget(answers=run.answers)


def same(left: Any, right: Any) -> bool:
    """Whether two answers are the same to the last bit."""
    return encode(left) == encode(right)


def board_of(catalogue: Catalogue, name: str, lab: Lab) -> ProblemSubject:
    """The problem in this lab; the same one each time, with all that is known of it."""
    key = id(catalogue), name  # the board holds the catalogue, so that its id stays its own
    if key not in lab.boards:
        lab.boards[key] = ProblemSubject(catalogue, name, lab)
    board: ProblemSubject = lab.boards[key]
    return board


@contextlib.contextmanager
def blamed(what: str) -> Iterator[None]:
    """Turns a fault of the problem into a check that doesn't apply, with the problem to blame."""
    try:
        yield
    except Exception as error:
        raise NotApplicable(f"{what}: {type(error).__name__}: {error}") from None
