"""Text that others wrote, made harmless to look at; what it means as markup is escaped elsewhere.

Control characters would move a terminal's cursor or be no HTML at all, marks of direction would
show a name backwards, and a message of megabytes would drown everything else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

NAME = 80  # characters of a name that are shown
MESSAGE = 500  # of a sentence
TEXT = 2000  # of anything else that stands on a page
DOC = 20_000  # of a docstring
_ITEMS = 20  # flags of a row, parameters of a solver
_REPLACED = "\N{REPLACEMENT CHARACTER}"
_NO_BREAK = "\N{NO-BREAK SPACE}"  # before every unit; the commonest that Python won't print
_KINDS = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, format, surrogate, line and paragraph separator
_KEPT = (
    "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}"  # scripts are spelt with them
)


def plain(text: str, most: int = MESSAGE, lines: bool = False) -> str:
    """The text without characters that do something, cut to `most` characters with an ellipsis.

    Args:
        text: anything.
        most: characters to keep.
        lines: keep line breaks and tabs; they are spaces otherwise.
    """
    shown = text[:most]
    if not shown.isprintable() and not shown.replace(_NO_BREAK, "").isprintable():
        shown = "".join(map(_shown, shown))
    if not lines:
        shown = shown.replace("\n", " ").replace("\t", " ")
    return shown if len(text) <= most else shown[:-1].rstrip() + "…"


def _shown(letter: str) -> str:
    if letter in "\n\t" or letter in _KEPT or unicodedata.category(letter) not in _KINDS:
        return letter
    return _REPLACED


def names(given: Iterable[str], most: int = NAME) -> dict[str, str]:
    """Each name -> as it is shown; names that differ are shown differently."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    turns: dict[str, int] = {}
    for name in given:
        if name in found:
            continue
        wanted = proposed = plain(name, most) or "(no name)"
        while proposed in taken:
            turns[wanted] = turns.get(wanted, 1) + 1
            proposed = f"{wanted} ({turns[wanted]})"
        taken.add(proposed)
        found[name] = proposed
    return found


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """The records with what is shown of them made plain; solvers and cases stay apart.

    The names of problems and runs stay as they are, as headers are looked up by them.
    """
    frame = frame.copy(deep=False)  # columns are replaced, none is changed
    for column in ("label", "case"):
        shown = names(frame[column])
        _replace(frame, column, [shown[name] for name in frame[column]])
    for column, most in (("solver", NAME), ("role", NAME), ("why", NAME), ("message", MESSAGE)):
        made = {text: plain(text, most) for text in dict.fromkeys(frame[column])}
        _replace(frame, column, [made[text] for text in frame[column]])
    _replace(frame, "flags", _by_object(frame["flags"], _some))
    _replace(frame, "parameters", _by_object(frame["parameters"], _few))
    return frame


def _replace(frame: pd.DataFrame, column: str, values: list[Any]) -> None:
    import pandas as pd

    # As Python's objects: texts that recur take no room so.
    frame[column] = pd.Series(values, index=frame.index, dtype=object)


def _by_object(values: Iterable[Any], change: Callable[[Any], Any]) -> list[Any]:
    """Each value changed; rows share most of them, and what they share is changed once."""
    values = list(values)  # which keeps each alive, so that no two have the same id
    made = {id(one): one for one in values}
    made = {key: change(one) for key, one in made.items()}
    return [made[id(one)] for one in values]


def _some(told: list[str]) -> list[str]:
    return [plain(one) for one in told[:_ITEMS]]


def _few(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict):
        return {}
    first = list(values.items())[:_ITEMS]
    shown = names(str(name) for name, _ in first)
    return {shown[str(name)]: value for name, value in first}
