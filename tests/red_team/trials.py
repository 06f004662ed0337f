"""The trials: each fault and each cheat, and what must come of it.

A trial is a plugin in `faults/` or `cheats/`, run as `bench run` would run it. What it expects is
what a reader of the results sees: a status with its sentence, a flag, or a harmless row.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness.record import Record
from harness.run import Budget

HERE = Path(__file__).parent
PACKS = (HERE / "arena", HERE.parent / "toys")
HONEST = 3.0  # about the cost of an honest answer to `vault`; the truth has cost 0


@dataclass(frozen=True)
class Trial:
    """A plugin and what must be recorded of it.

    Attributes:
        folder, name: where its file is.
        status: that its row must have.
        sentence: a pattern that the row's message must match.
        flag: a pattern that one of the row's flags must match.
        check: what must hold besides; returns a complaint, or nothing.
        timed: whether it is timed by pyperf as well, and that row is the one looked at.
        again: whether its run is repeated.
        timeout, memory, disk: hard limits of its run, where they are not the usual ones.
        setup: seconds that it may take to be imported.
        budget: of its run.
    """

    folder: str
    name: str
    status: str = "ok"
    sentence: str = ""
    flag: str = ""
    check: Callable[[Record], str] = lambda record: ""
    timed: bool = False
    again: bool = False
    timeout: float = 10.0
    memory: int | None = None
    disk: int | None = None
    setup: float = 60.0
    budget: Budget = field(default_factory=Budget)

    @property
    def file(self) -> Path:
        return HERE / self.folder / f"{self.name}.py"

    @property
    def problem(self) -> str:
        found = re.search(r'problem = "(\w+)"', self.file.read_text())
        assert found, self.file
        return found[1]

    @property
    def story(self) -> str:
        """What it does, in its own words."""
        return ast.get_docstring(ast.parse(self.file.read_text())) or ""

    def judge(self, record: Record) -> list[str]:
        """What is not as it must be."""
        wrong = []
        if record.status != self.status:
            wrong.append(f"status {record.status} ({record.message}), expected {self.status}")
        elif not re.search(self.sentence, record.message):
            wrong.append(f"it says {record.message!r}, expected {self.sentence!r}")
        if self.flag and not any(re.search(self.flag, flag) for flag in record.flags):
            wrong.append(f"flags {record.flags}, expected {self.flag!r}")
        if self.status == "invalid" and record.cost is not None:
            wrong.append("an invalid row has a cost")
        complaint = self.check(record)
        return [*wrong, complaint] if complaint else wrong


def fault(name: str, status: str, sentence: str = "", **more: object) -> Trial:
    return Trial("faults", name, status, sentence, **more)  # type: ignore[arg-type]


def cheat(name: str, status: str = "ok", sentence: str = "", **more: object) -> Trial:
    return Trial("cheats", name, status, sentence, **more)  # type: ignore[arg-type]


def found_nothing(record: Record) -> str:
    return "" if record.cost is not None and record.cost > HONEST else "it found the truth"


def kept_its_answer(record: Record) -> str:
    return "" if record.trace else "the answer that it yielded is lost"


def soon(record: Record) -> str:
    """Held for the table; how late a kill may come is a measurement, not a test."""
    limit = record.budget["timeout"] + 5.0
    return "" if (record.wall or 0.0) < limit else f"killed after {record.wall:.1f} s"


def took(seconds: float) -> Callable[[Record], str]:
    def check(record: Record) -> str:
        if record.seconds is not None and record.seconds >= seconds:
            return ""
        return f"recorded with {record.seconds} s, it took {seconds}"

    return check


TRIALS = (
    # Whatever a solver does, the harness survives and says what happened.
    fault("hangs_in_c", "timeout", "killed after 2 s", timeout=2.0, check=soon),
    fault("ignores_signals", "timeout", "after 1 s", timeout=1.0, check=kept_its_answer),
    fault("sleeping_grandchildren", "timeout", "killed after 1 s", timeout=1.0),
    fault("segfaults", "crashed", "SIGSEGV", check=kept_its_answer),
    fault("aborts", "crashed", "SIGABRT", check=kept_its_answer),
    fault("leaves", "crashed", "exit code 0", check=kept_its_answer),
    fault("exits", "raised", "SystemExit", check=kept_its_answer),
    fault("raises", "raised", "ZeroDivisionError: a bug in the solver", check=kept_its_answer),
    fault("recurses", "raised", "RecursionError"),
    fault("eats_memory", "memory", "memory", memory=200 << 20),
    fault("eats_memory_by_children", "memory", "GiB were allowed", memory=300 << 20),
    fault("floods_output", "ok"),
    fault("fills_its_folder", "crashed", "its folder held more than", disk=64 << 20),
    fault("forks_without_end", "crashed", "more than 64 processes"),
    fault("closes_its_channel", "crashed", "closed its channel"),
    fault("garbles_its_channel", "invalid", "other than the harness wrote|more than the harness"),
    fault("answers_without_end", "invalid", "more than the harness|array of 200", timeout=30.0),
    fault("yields_nothing", "invalid", "without yielding an answer"),
    fault("hangs_on_import", "skipped", "can't be loaded: not done after 1 s", setup=1.0),
    # Answers that are none.
    cheat("answer_same_neighbour", "invalid", "named more than once"),
    cheat("answer_not_a_number", "invalid", "10 integer indices"),
    cheat("answer_infinities", "invalid", "10 integer indices"),
    cheat("answer_minus_zero", "invalid", "10 integer indices"),
    cheat("answer_wrong_shape", "invalid", "10 integer indices"),
    cheat("answer_huge_integers", "invalid", "10 integer indices"),
    cheat("answer_negative", "invalid", "out of range"),
    cheat("answer_text", "invalid", "10 integer indices"),
    cheat("answer_objects", "invalid", "array of dtype object"),
    cheat("answer_lying_array", "invalid", "Lying; expected plain data"),
    cheat("answer_lying_float", "invalid", "Less; expected plain data"),
    cheat("lazy_object", "invalid", "Lazy; expected plain data"),
    cheat("lazy_list", "invalid", "Lazy; expected plain data"),
    # Answers remembered.
    cheat("remembers_in_process", "invalid", "keeps answers between solves", timed=True),
    cheat("remembers_on_disk", "ok", check=took(0.05), again=True),
    cheat("remembers_in_shared_memory", "raised", "no shared memory"),
    cheat("remembers_in_attributes", "raised", "PermissionError"),
    cheat("remembers_in_a_server", "ok", flag="threads: .* seen, 1 allowed|left 1 process"),
    cheat("asks_the_network", "raised", "PermissionError"),
    # The truth, and the instance.
    cheat("reads_the_cache", "raised", "PermissionError"),
    cheat("searches_objects", "ok", check=found_nothing),
    cheat("reads_the_parents_memory", "raised", "PermissionError"),
    cheat("reads_the_parents_environment", "raised", "PermissionError"),
    cheat("changes_the_instance", "raised", "read-only"),
    cheat("changes_the_instance_by_force", "crashed", "SIGSEGV"),
    cheat("unlocks_the_instance", "raised", "stay read-only"),
    cheat("rewrites_the_harness", "raised", "PermissionError"),
    cheat("kills_the_server", "raised", "PermissionError"),
    cheat("works_on_import", "raised", "no data were to be had on import"),
    cheat("works_while_opening", "ok", flag="clock: .* of work before its clock started"),
    # Patches in its own process.
    cheat("patches_time", "ok", check=took(0.4)),
    cheat("patches_the_loop", "invalid", "a clock that lies"),
    cheat("patches_the_copy", "invalid", "a clock that lies"),
    cheat("backdates_an_answer", "invalid", "clock|otherwise|wrote to its channel", again=True),
    cheat("forges_the_ending", "invalid", "a clock that lies"),
    cheat("patches_the_scorer", "ok", check=found_nothing),
    cheat("patches_numpy", "ok", check=found_nothing),
    cheat("patches_pyperf", "invalid", "clock|tampered with", timed=True),
    # After the answer, and beside it.
    cheat("thread_goes_on", "ok", flag="threads: 2 threads seen, 1 allowed"),
    cheat("child_goes_on", "ok", flag="threads: it left 1 process behind"),
    cheat("takes_all_processors", "ok", flag="threads: 5 threads seen, 1 allowed"),
    # Oracles.
    cheat("copies_the_oracle", "invalid", "with the oracle out of its reach", again=True),
    cheat("pickles_the_oracle", "invalid", "with the oracle out of its reach", again=True),
    cheat("reads_the_oracles_parts", "invalid", "with the oracle out of its reach", again=True),
    cheat("sets_the_counter_back", "invalid", "with the oracle out of its reach", again=True),
    cheat(
        "goes_beyond_the_budget",
        "ok",
        budget=Budget(calls=20),
        check=lambda record: "" if record.calls == 20 else f"{record.calls} calls",
    ),
    # Online events.
    cheat("reads_the_future", "invalid", "with the events out of its reach", again=True),
    cheat("asks_before_it_decides", "invalid", "yield a decision on the last event"),
    cheat("opens_events_by_force", "invalid", "with the events out of its reach", again=True),
    # Runs that can't be had again.
    cheat("seeds_on_the_clock", "ok", flag="differs: repeated with the same seed", again=True),
    cheat("draws_globally", "ok", flag="differs: repeated with the same seed", again=True),
    # patches_the_kit is held against the conformance kit, in test_red_team.py
)
