"""Selectors as users type them: `fasterpam,pam[init=lab]`, `digits[k=50,metric=cosine]`."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from typing import Any


class Misuse(Exception):
    """What the user asked for can't be done: what is wrong, what was expected, what to do."""


def split(text: str) -> list[str]:
    """Split at commas that are outside square brackets.

    Raises:
        Misuse: where brackets don't match.
    """
    parts, depth, begin = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth < 0 or depth > 1:
            break
        if letter == "," and depth == 0:
            parts.append(text[begin:position])
            begin = position + 1
    if depth != 0:
        raise Misuse(f"the brackets in {text!r} don't match; expected name[param=value,...]")
    parts.append(text[begin:])
    return [part.strip() for part in parts if part.strip()]


def parse(text: str) -> tuple[str, dict[str, Any]]:
    """`name[a=1,b=x]` as a name and its parameters; values become numbers where they look so.

    Raises:
        Misuse: where the text is not of this form.
    """
    name, texts = texts_of(text)
    return name, {key: literal(value) for key, value in texts.items()}


def texts_of(text: str) -> tuple[str, dict[str, str]]:
    """The same with the values as they were typed, for `adapt` to read.

    Raises:
        Misuse: where the text is not of this form.
    """
    name, bracket, rest = text.strip().partition("[")
    if not bracket:
        return name, {}
    if not rest.endswith("]"):
        raise Misuse(f"{text!r} has text after its brackets; expected name[param=value,...]")
    parameters = {}
    for item in split(rest[:-1]):
        key, equals, value = item.partition("=")
        if not equals or not key.strip():
            raise Misuse(f"{item!r} in {text!r} is not of the form param=value")
        if key.strip() in parameters:
            raise Misuse(f"{key.strip()!r} is given twice in {text!r}")
        parameters[key.strip()] = value.strip()
    return name.strip(), parameters


def literal(text: str) -> Any:
    """A number, True, False or None where the text is one; else the text itself."""
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for kind in (int, float):
        try:
            value = kind(text)
        except ValueError:
            continue
        return value if math.isfinite(value) else text  # "nan" and "inf" are words
    return text


def show(name: str, parameters: Mapping[str, Any]) -> str:
    """The inverse of `parse`."""
    if not parameters:
        return name
    return f"{name}[{','.join(f'{key}={value}' for key, value in parameters.items())}]"


def adapt(value: Any, default: Any, where: str) -> Any:
    """`value` (a text as it was typed, or a value) as the type of the default it replaces.

    Raises:
        Misuse: where it has another type.
    """
    if isinstance(value, str) and not isinstance(default, str):
        value = literal(value)
    if isinstance(default, bool) or isinstance(value, bool):
        fits = isinstance(value, bool) and isinstance(default, bool)
    elif isinstance(default, float):
        fits = isinstance(value, int | float) and abs(value) <= sys.float_info.max
        value = float(value) if fits else value
    elif isinstance(default, str):
        fits = True
        value = str(value)
    elif isinstance(default, int):
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        fits = isinstance(value, int)
    else:
        fits = True
    if not fits:
        names = {bool: "true or false", int: "an integer", float: "a number"}
        kind = names.get(type(default), type(default).__name__)
        raise Misuse(f"{where} is {value!r}; expected {kind}, such as {default!r}")
    return value


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint naming what the user may have meant; empty where nothing is near."""
    import difflib

    known = sorted(set(known))
    tails = {known_name.rpartition("/")[2]: known_name for known_name in known}
    found = difflib.get_close_matches(name, known, 3, 0.5)
    found += [
        tails[tail] for tail in difflib.get_close_matches(name.rpartition("/")[2], tails, 3, 0.5)
    ]
    unique = list(dict.fromkeys(found))[:3]
    return f"did you mean {' or '.join(unique)}?" if unique else ""
