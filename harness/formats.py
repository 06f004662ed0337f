"""Numbers as a reader wants them: three or four digits, a unit, an interval.

The one home of number formats: pages, terminal and messages word a number alike. `of` gives the
form of a statistic's column by its name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

NONE = "–"
NEVER = "never"  # a time that did not come
ENDLESS = "∞"
VAGUE = "too few cases to tell"
_TIMES = ((1e-6, 1e-9, "ns"), (1e-3, 1e-6, "µs"), (1.0, 1e-3, "ms"))
_SIZES = ("B", "KiB", "MiB", "GiB", "TiB")
_SPACE = "\N{NO-BREAK SPACE}"


def known(value: float | None) -> bool:
    """Whether there is a finite number."""
    return value is not None and math.isfinite(value)


def digits(value: float, count: int = 3) -> str:
    """At least `count` significant digits, without an exponent where that is short."""
    if value == 0:
        return "0"
    places = count - 1 - math.floor(math.log10(abs(value)))
    if not -6 <= places <= 8:
        return f"{value:.{count - 1}e}".replace("e-0", "e-").replace("e+0", "e")
    rounded = round(value, max(places, 0))
    if rounded and math.floor(math.log10(abs(rounded))) > math.floor(math.log10(abs(value))):
        places -= 1  # 9.996 is 10.0, not 10.00
    return f"{rounded:.{max(places, 0)}f}"


def seconds(value: float | None) -> str:
    """A time with its unit: `12.3 ms`."""
    if value is None or not known(value):
        return NONE
    number, unit = _time(value)
    return f"{number}{_SPACE}{unit}"


def _time(value: float) -> tuple[str, str]:
    for below, scale, unit in _TIMES:
        if abs(value) < below * 0.9995:
            return digits(value / scale), unit
    return digits(value), "s"


def size(value: float | None) -> str:
    """A number of bytes with its unit: `1.2 MiB`."""
    if value is None or not known(value):
        return NONE
    amount = float(value)
    for unit in _SIZES:
        if abs(amount) < 1023.5 or unit == _SIZES[-1]:
            break
        amount /= 1024
    text = f"{amount:.0f}" if unit == "B" or abs(amount) >= 99.95 else f"{amount:.1f}"
    return f"{text}{_SPACE}{unit}"


def ratio(value: float | None) -> str:
    """A cost against the best known: `1.0123`."""
    if value is None or not known(value):
        return NONE
    return f"{value:.4f}" if abs(value) < 10 else digits(value, 4)


def gap(value: float | None) -> str:
    """A difference to the best known: `+0.0123`; zero is `0`."""
    if value is None or not known(value):
        return NONE
    return f"+{digits(value)}" if value > 0 else digits(value)


def number(value: float | None) -> str:
    """A cost in its own unit, five digits."""
    if value is None or not known(value):
        return NONE
    return digits(value, 5)


def percent(value: float | None) -> str:
    """A share: `3.1 %`."""
    if value is None or not known(value):
        return NONE
    if 0 < abs(value) < 5e-5:
        return f"{'<' if value > 0 else '>−'}0.01{_SPACE}%"
    # What is not all of them must not look like it.
    return f"{digits(100 * value, 3 if 0.99 < value < 1 else 2)}{_SPACE}%"


def tally(value: float | None) -> str:
    """How many, in thousands, millions and so on: `1.23 G`."""
    if value is None or not known(value):
        return NONE
    for scale, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= scale * 0.9995:
            return f"{digits(value / scale)}{_SPACE}{unit}"
    return f"{value:.0f}"


def factor(value: float | None) -> str:
    """How many times something: `12.3×`."""
    return NONE if value is None or not known(value) else f"{digits(value)}×"


def probability(value: float | None) -> str:
    """A probability, or a p-value: `0.0123`; what three digits can't tell is `<0.0001`."""
    if value is None or not known(value):
        return NONE
    if 0 < value < 1e-4:
        return "<0.0001"
    return f"{value:.4f}" if value < 0.1 else f"{value:.3f}"


def rank(value: float | None) -> str:
    """A rank, which may be a mean of ranks: `2`, `2.5`, `3.14`."""
    if value is None or not known(value):
        return NONE
    return f"{value:.2f}".rstrip("0").rstrip(".")


def whole(value: float | None) -> str:
    """A number of things: `12 345`; a mean of such keeps a digit."""
    if value is None or not known(value):
        return NONE
    return thousands(int(value)) if float(value).is_integer() else digits(value)


def text(value: Any) -> str:
    """A name or a word; a dash where there is none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return NONE if value is None or value == "" or value != value else str(value)


def of(form: str) -> Callable[[Any], str]:
    """How values of a column are written, by the name of its form (`harness.findings.FORMS`).

    What is missing is a dash; what is without end is `∞`, a time that never came `never`.
    """
    finite = _FORMS.get(form)
    if finite is None:
        return text
    endless = NEVER if form == "time" else ENDLESS

    def written(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return text(value)
        if math.isinf(value):
            return endless if value > 0 else f"−{ENDLESS}"
        return finite(value)

    return written


def ended(why: str) -> str:
    """Why no more values of a timing were taken; words that this version doesn't know stay."""
    return {"seconds": "time budget spent", "rounds": "all rounds taken"}.get(why, why)


def exact(value: float | None, unit: str = "") -> str:
    """All digits, for a tooltip; empty where there is no number."""
    if value is None or not known(value):
        return ""
    return f"{value:.12g}{unit and ' ' + unit}"


def interval(low: float | None, high: float | None, form: Callable[[float | None], str]) -> str:
    """`1.0098–1.0151`, `2.8–36 ms`, `0 to +0.01`; empty without an end or where both look alike."""
    if not (known(low) and known(high)):
        return ""
    first, last = form(low), form(high)
    if first == last:
        return ""
    begin, _, unit = first.partition(_SPACE)
    if unit and last.endswith(_SPACE + unit):
        first = begin
    dash = " to " if any(sign in first + last for sign in "+-−") else "–"
    return f"{first}{dash}{last}"


def time_interval(low: float | None, high: float | None) -> str:
    """The same of times; where it is `vague`, these words."""
    return VAGUE if vague(low, high) else interval(low, high, seconds)


def vague(low: float | None, high: float | None) -> bool:
    """Whether an interval of times is as wide as Student's t makes it of two that differ."""
    return low is not None and high is not None and known(low + high) and high > 1e6 * low


def count(number: int, one: str, many: str = "") -> str:
    """`1 solver`, `3 solvers`."""
    return f"{thousands(number)} {one if number == 1 else many or one + 's'}"


def thousands(number: int) -> str:
    """`12 345`, with thin spaces."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def listed(names: list[str], most: int = 4) -> str:
    """`a, b and c`; beyond `most` names the rest is counted."""
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


_FORMS: dict[str, Callable[[float | None], str]] = {
    "number": number,
    "count": whole,
    "ratio": ratio,
    "factor": factor,
    "gap": gap,
    "share": percent,
    "time": seconds,
    "size": size,
    "probability": probability,
    "rank": rank,
}
