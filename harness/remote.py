"""An oracle, or online events, behind a pipe: the solver's process holds a stand-in for it.

An oracle must live in the solver's process to be fast, where nothing stops a solver from copying
it, reading its private parts or setting its counter back. So some runs are repeated with the real
one in the parent: there it counts for itself, and what it does not offer can't be had. A run that
then goes otherwise is told.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable
from typing import Any

from harness.answers import decode, encode, own
from harness.api import BudgetSpent, Data, Events, InvalidAnswer, Meter, Problem, Undecided

Ask = Callable[[bytes], tuple[bytes, bytes]]
_OURS: dict[str, type[Exception]] = {"BudgetSpent": BudgetSpent, "Undecided": Undecided}


def kind_of(problem: Problem, data: Any) -> str:
    """What a solver of the problem gets: "data" as they are, "events", or an "oracle"."""
    seen = problem.open(data, Meter())
    if isinstance(seen, Events):
        return "events"
    return "data" if seen is data or _is_plain(seen) else "oracle"


def _is_plain(seen: Any) -> bool:
    try:
        own(seen.as_dict() if isinstance(seen, Data) else seen)
    except InvalidAnswer:
        return False
    return True


# ---------------------------------------------------------------- in the solver's process


def stand_in(kind: str, ask: Ask) -> Any:
    """What a solver gets instead of the oracle or the events."""
    return RemoteEvents(ask) if kind == "events" else RemoteOracle(ask)


def _put(ask: Ask, what: str, name: str, arguments: Any = (), keywords: Any = None) -> Any:
    question = encode(own([what, name, list(arguments), keywords or {}]))
    kind, content = ask(question)
    if kind == b"R":
        return decode(content)
    said = json.loads(content)
    known = _OURS.get(said["type"]) or getattr(builtins, said["type"], None)
    if not (isinstance(known, type) and issubclass(known, Exception)):
        known = RuntimeError
    raise known(said["message"])


class RemoteOracle:
    """Stands for an oracle: methods that take and return plain data, and plain attributes."""

    def __init__(self, ask: Ask) -> None:
        self.__dict__["_ask"] = ask

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"the oracle has no {name!r} for a solver to use")
        kind, value = _put(self._ask, "get", name)
        if kind == "value":
            return value
        return lambda *arguments, **keywords: _put(self._ask, "call", name, arguments, keywords)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return _put(self._ask, "call", "__call__", arguments, keywords)

    def __len__(self) -> int:
        return int(_put(self._ask, "call", "__len__"))

    def __getitem__(self, key: Any) -> Any:
        return _put(self._ask, "call", "__getitem__", (key,))

    def __iter__(self) -> Any:
        raise TypeError("an oracle behind a pipe can't be gone through one by one")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a solver can't change the oracle")


class RemoteEvents(Events):
    """Stands for online events: each is asked for, and comes when the last one is decided."""

    def __init__(self, ask: Ask) -> None:
        super().__init__((), Meter())
        self._ask = ask
        self._decision: list[Any] = []

    def __next__(self) -> Any:
        if self._open:
            raise Undecided("yield a decision on the last event before asking for the next one")
        event = _put(self._ask, "next", "", self._decision)
        self._decision = []
        self._open = True
        self._revealed()
        return event

    def decided(self, decision: Any = None) -> bool:
        """Close the open event; the decision goes with the question for the next one."""
        self._decision = [decision]
        return super().decided()


# ---------------------------------------------------------------- in the parent


class Examiner:
    """Holds the real oracle or events, and answers questions on it.

    Args:
        problem: the problem.
        data: the data of the instance.
        calls: most calls; None is without limit.

    Attributes:
        meter: counts the calls, or the events.
        decisions: on online events, each of which arrived before the next event was told.
    """

    def __init__(self, problem: Problem, data: Any, calls: int | None) -> None:
        self.meter = Meter(calls)
        self.decisions: list[Any] = []
        self._seen = problem.open(data, self.meter)

    def answer(self, question: bytes) -> tuple[bytes, bytes]:
        """The kind and the content of the answer to a question.

        Raises:
            ValueError: where it is no question.
        """
        asked = decode(question)
        if type(asked) is not list or len(asked) != 4:
            raise ValueError("not a question")
        what, name, arguments, keywords = asked
        if type(name) is not str or type(arguments) is not list or type(keywords) is not dict:
            raise ValueError("not a question")
        try:
            return b"R", encode(self._do(what, name, arguments, keywords))
        except Exception as error:
            return b"X", _told(error)

    def _do(self, what: str, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        if what == "next":
            if isinstance(self._seen, Events) and arguments and self._seen.decided():
                self.decisions.append(arguments[0])
            return own(_bare(next(self._seen)))
        public = not name.startswith("_") or name in ("__call__", "__len__", "__getitem__")
        if not public:
            raise AttributeError(f"the oracle has no {name!r} for a solver to use")
        found = getattr(self._seen, name)
        if what == "get":
            return ["call", None] if callable(found) else ["value", own(_bare(found))]
        return own(_bare(found(*arguments, **keywords)))


def _bare(value: Any) -> Any:
    return value.as_dict() if isinstance(value, Data) else value


def _told(error: Exception) -> bytes:
    said = {"type": type(error).__name__, "message": str(error)[:2000]}
    return json.dumps(said).encode()
