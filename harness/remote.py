"""An oracle, or online events, behind a pipe: the solver's process holds a stand-in for it.

An oracle must live in the solver's process to be fast, where nothing stops a solver from copying
it, reading its private parts or setting its counter back. So some runs are repeated with the real
one in the parent: there it counts for itself, and what it does not offer can't be had. A run that
then goes otherwise is told.

An honest run must not: what goes through the pipe arrives of the same type and layout, because the
digits of `x @ x` depend on the strides of x, and those of `x * x` on whether x is a float32.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from harness.answers import decode, encode, own
from harness.api import BudgetSpent, Data, Events, InvalidAnswer, Meter, Problem, Undecided

Ask = Callable[[bytes], tuple[bytes, bytes]]
_OURS: dict[str, type[Exception]] = {
    error.__name__: error for error in (BudgetSpent, InvalidAnswer, Undecided)
}
_DUNDERS = ("__bool__", "__call__", "__getitem__", "__len__")
_WIDEST = 1 << 24  # bytes from the first to the last of a strided array that is laid out again


def kind_of(problem: Problem, data: Any) -> str:
    """What a solver of the problem gets: "data" as they are, "events", or an "oracle"."""
    seen = problem.open(data, Meter())
    if isinstance(seen, Events):
        return "events"
    return "data" if seen is data or _is_plain(seen) else "oracle"


def _is_plain(seen: Any) -> bool:
    try:
        own(_tagged(seen))
    except InvalidAnswer:
        return False
    return True


# ---------------------------------------------------------------- what goes through the pipe


def _pack(value: Any) -> bytes:
    """Plain data and `Data` as bytes, from which `_unpack` makes the same again.

    Raises:
        InvalidAnswer: where something in it is not plain.
    """
    return encode(own(_tagged(value)))


def _tagged(value: Any) -> Any:
    """The value with what `own` would change told in tuples: ("tuple", ...), ("scalar", array)."""
    kind = type(value)
    if kind is tuple:
        return ("tuple", *map(_tagged, value))
    if kind is list:
        return [_tagged(part) for part in value]
    if kind is dict:
        return {key: _tagged(part) for key, part in value.items()}
    if isinstance(value, Data):
        return ("Data", {name: _tagged(part) for name, part in value.as_dict().items()})
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        return ("scalar", np.asarray(value))
    if kind is np.ndarray and not value.flags.c_contiguous:
        return ("strided", value, *value.strides)
    return value


def _unpack(content: bytes) -> Any:
    """The inverse of `_pack`.

    Raises:
        ValueError: where the content is not one of its results.
    """
    try:
        return _untagged(decode(content))
    except Exception as error:  # it may come from a hostile process
        raise ValueError(f"not packed: {error}") from None


def _untagged(value: Any) -> Any:
    kind = type(value)
    if kind is list:
        return [_untagged(part) for part in value]
    if kind is dict:
        return {key: _untagged(part) for key, part in value.items()}
    if kind is not tuple:
        return value
    tag, *parts = value
    if tag == "tuple":
        return tuple(map(_untagged, parts))
    if tag == "Data":
        return Data(_untagged(*parts))
    if tag == "scalar":
        return parts[0][()]
    if tag == "strided":
        return _laid_out(*parts)
    raise ValueError(f"unknown tag {tag!r}")


def _laid_out(content: np.ndarray, *strides: int) -> np.ndarray:
    """A copy with those strides; as it is where they are too wide."""
    reach = [step * (length - 1) for step, length in zip(strides, content.shape, strict=True)]
    before = -sum(step for step in reach if step < 0)
    width = sum(map(abs, reach)) + content.itemsize
    if content.size == 0 or width > _WIDEST:
        return content
    laid = np.ndarray(content.shape, content.dtype, bytearray(width), before, strides)
    laid[...] = content
    return laid


# ---------------------------------------------------------------- in the solver's process


def stand_in(kind: str, ask: Ask) -> Any:
    """What a solver gets instead of the oracle or the events."""
    return RemoteEvents(ask) if kind == "events" else RemoteOracle(ask)


def _put(ask: Ask, what: str, name: str, arguments: Any = (), keywords: Any = None) -> Any:
    try:
        question = _pack([what, name, list(arguments), keywords or {}])
    except InvalidAnswer as error:
        raise TypeError(f"{name} takes plain data: {error}") from None
    kind, content = ask(question)
    if kind == b"R":
        return _unpack(content)
    said = json.loads(content)
    raise _error(said["types"], said["message"])


def _error(names: list[str], message: str) -> Exception:
    """An exception of the first of these types that there is; a `RuntimeError` where none is."""
    for name in names:
        known = _OURS.get(name) or getattr(builtins, name, None)
        if known is not Exception and isinstance(known, type) and issubclass(known, Exception):
            try:
                return known(message)
            except TypeError:  # it needs more than a message
                continue
    return RuntimeError(message)


def _attribute(ask: Ask, name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"there is no {name!r} for a solver to use")
    kind, value = _put(ask, "get", name)
    if kind == "value":
        return value
    return lambda *arguments, **keywords: _put(ask, "call", name, arguments, keywords)


class RemoteOracle:
    """Stands for an oracle: methods that take and return plain data, and plain attributes."""

    def __init__(self, ask: Ask) -> None:
        self.__dict__["_ask"] = ask

    def __getattr__(self, name: str) -> Any:
        found = _attribute(self._ask, name)
        if callable(found):
            self.__dict__[name] = found  # asked for once: each question takes its time
        return found

    def __bool__(self) -> bool:
        return bool(_put(self._ask, "call", "__bool__"))

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

    def __getattr__(self, name: str) -> Any:
        return _attribute(self._ask, name)

    def decided(self, decision: Any = None) -> bool:
        """Close the open event; the decision goes with the question for the next one."""
        self._decision = [decision]
        return super().decided()


# ---------------------------------------------------------------- in the parent


class _Counter(Meter):
    """A meter that remembers whether it ever refused."""

    __slots__ = ("refused",)

    def __init__(self, limit: int | None) -> None:
        super().__init__(limit)
        self.refused = False

    def count(self, calls: int = 1) -> None:
        try:
            super().count(calls)
        except BudgetSpent:
            self.refused = True
            raise


class Examiner:
    """Holds the real oracle or events, and answers questions on it.

    Args:
        problem: the problem.
        data: the data of the instance.
        calls: most calls; None is without limit.

    Attributes:
        meter: counts the calls, or the events; `meter.refused` is whether they did not suffice.
        unfit: what can't go through a pipe, though a method or the events gave it: the problem's
            fault, not the solver's; empty where all was plain.
        decisions: on online events, each of which arrived before the next event was told.
    """

    def __init__(self, problem: Problem, data: Any, calls: int | None) -> None:
        self.meter = _Counter(calls)
        self.unfit = ""
        self.decisions: list[Any] = []
        self._seen = problem.open(data, self.meter)

    def answer(self, question: bytes) -> tuple[bytes, bytes]:
        """The kind and the content of the answer to a question.

        Raises:
            ValueError: where it is no question.
        """
        asked = _unpack(question)
        if type(asked) is not list or len(asked) != 4:
            raise ValueError("not a question")
        what, name, arguments, keywords = asked
        if type(what) is not str or what not in ("get", "call", "next"):
            raise ValueError("not a question")
        if type(name) is not str or type(arguments) is not list or type(keywords) is not dict:
            raise ValueError("not a question")
        try:
            return b"R", self._do(what, name, arguments, keywords)
        except Exception as error:
            return b"X", _told(error)

    def _do(self, what: str, name: str, arguments: list[Any], keywords: dict[str, Any]) -> bytes:
        if what == "next":
            return self._given("an event", self._next(arguments))
        if not self._offers(name):
            raise AttributeError(f"there is no {name[:100]!r} for a solver to use")
        if name == "__bool__":
            return _pack(bool(self._seen))
        found = getattr(self._seen, name)
        if what == "call":
            return self._given(f"{name}()", found(*arguments, **keywords))
        if callable(found):
            return _pack(["call", None])
        try:
            return _pack(["value", found])
        except InvalidAnswer as error:
            raise AttributeError(f"{name!r} is not plain data: {error}") from None

    def _next(self, decision: list[Any]) -> Any:
        if not isinstance(self._seen, Events):
            raise TypeError("it has no events")
        if decision and self._seen.decided(decision[0]):
            self.decisions.append(decision[0])
        return next(self._seen)

    def _offers(self, name: str) -> bool:
        if isinstance(self._seen, Events):
            return not name.startswith("_") and not hasattr(Events, name)
        return name in _DUNDERS or not name.startswith("_")

    def _given(self, what: str, value: Any) -> bytes:
        try:
            return _pack(value)
        except InvalidAnswer as error:
            self.unfit = f"{what}: {error}"
            raise TypeError(self.unfit) from None


def _told(error: Exception) -> bytes:
    alone = len(error.args) == 1 and type(error.args[0]) is str
    message = error.args[0] if alone else str(error)  # str() of a KeyError has quotes
    names = [kind.__name__ for kind in type(error).__mro__]
    return json.dumps({"types": names, "message": message[:2000]}).encode()
