"""What a line of the store must be to be a record: JSON of the right types, and nothing else."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import reprlib
import sys
from collections.abc import Callable
from itertools import chain
from typing import Any

from harness.items import is_packed
from harness.record import KINDS, STATUSES, Record

UNREADABLE = (OSError, ValueError, RecursionError)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_DEEPEST = 40  # levels; far less than what makes the readers of a record recurse too deep


def parse(text: bytes) -> dict[str, Any]:
    """A JSON object that could also be written: no NaN, no infinity, no lone surrogate, not deep.

    Raises:
        ValueError, RecursionError: where it is none.
    """
    parsed = _object(text.decode())
    _check_plain(parsed)
    return parsed


def _check_plain(value: Any) -> None:
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            item
            for part in level
            for item in (part.values() if isinstance(part, dict) else part)
            if isinstance(item, dict | list)
        ]
        if not level:
            return
    raise ValueError(f"nested deeper than {_DEEPEST} levels")


def _object(text: str) -> dict[str, Any]:
    parsed = json.loads(text)
    if not isinstance(parsed, dict):
        raise ValueError("not a JSON object")
    return parsed


def is_integer(value: Any) -> bool:
    return type(value) is int and abs(value) < 2**63


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def _is_scalar(value: Any) -> bool:
    return value is None or type(value) in (str, bool) or _is_number(value)


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and _NUMBERS.issuperset(map(type, value)) and _finite(value)


def _finite(numbers: list[Any]) -> bool:
    try:
        return all(map(math.isfinite, numbers))
    except OverflowError:  # an integer that is no float
        return False


def _are_points(value: Any) -> bool:
    if not (isinstance(value, list) and _LISTS.issuperset(map(type, value))):
        return False
    return _THREE.issuperset(map(len, value)) and _are_numbers(list(chain.from_iterable(value)))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and _TEXTS.issuperset(map(type, value))


# Types of the items of a list, all of which are looked at without a step in Python for each.
_NUMBERS, _TEXTS, _LISTS = frozenset({int, float}), frozenset({str}), frozenset({list})
_THREE = frozenset({3})


# The types of a record's fields: what a value must be, in words, and whether it is that.
_TYPES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "str": ("a text", lambda value: isinstance(value, str)),
    "int": ("an integer", is_integer),
    "int | None": ("an integer or null", lambda value: value is None or is_integer(value)),
    "float | None": ("a number or null", lambda value: value is None or _is_number(value)),
    "bool | None": ("true, false or null", lambda value: value is None or type(value) is bool),
    "list[float]": ("a list of numbers", _are_numbers),
    "list[str]": ("a list of texts", _are_texts),
    "list[list[float]]": ("a list of [seconds, calls, cost]", _are_points),
    "dict[str, str]": (
        "an object of texts",
        lambda value: isinstance(value, dict) and _are_texts(list(value.values())),
    ),
    "dict[str, Any]": ("an object", lambda value: isinstance(value, dict)),
    "dict[str, float]": (
        "an object of numbers",
        lambda value: isinstance(value, dict) and _are_numbers(list(value.values())),
    ),
}


def check(name: str, value: Any, kind: str) -> None:
    """Raises ValueError where the value of a field is not of its type."""
    words, fits = _TYPES[kind]
    if not fits(value):
        raise _wrong(name, value, words)


def _wrong(name: str, value: Any, words: str) -> ValueError:
    return ValueError(f"{name} is {reprlib.repr(value)}, expected {words}")


FIELDS = {item.name: item for item in dataclasses.fields(Record)}
_CHECKS = {name: _TYPES[str(item.type)] for name, item in FIELDS.items()}
_REQUIRED = [
    name
    for name, item in FIELDS.items()
    if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
]


def record_of(line: bytes) -> dict[str, Any]:
    """All fields of a record, each of its type; fields that this version doesn't know are dropped.

    Returns:
        them in the order of `FIELDS`, which are those of `harness.record.Record`.

    Raises:
        ValueError, RecursionError: where it is no JSON object, or a field is missing or of
            another type.
    """
    text = line.decode()
    # Writing again is what takes time: the other fields' checks tell of all but surrogates.
    parsed = parse(line) if _SURROGATE.search(text) else _object(text)
    absent = [name for name in _REQUIRED if name not in parsed]
    if absent:
        raise ValueError(f"no {', '.join(absent)}")
    record = {}
    for name, (words, fits) in _CHECKS.items():
        value = record[name] = parsed[name] if name in parsed else default(name)
        if not fits(value):
            raise _wrong(name, value, words)
    for name, known in (("kind", KINDS), ("status", STATUSES)):
        if record[name] not in known:
            raise ValueError(f"{name} is {reprlib.repr(record[name])}, expected {', '.join(known)}")
    if not is_packed(record["items"]):
        raise _wrong("items", record["items"], "the number of items, a colon and a bit for each")
    for holder in (record["parameters"], record["budget"]):
        if not all(map(_is_scalar, holder.values())):
            _check_plain(holder)
    return record


def default(name: str) -> Any:
    """What a field is where nothing tells it, made anew; None where it must be told."""
    item = FIELDS[name]
    if item.default_factory is not dataclasses.MISSING:
        return item.default_factory()
    return None if item.default is dataclasses.MISSING else item.default
