"""Records in columns, so that half a million of them fit into some hundred megabytes.

As dicts of Python's objects they take five times as much: most of a record's forty fields are what
the record before it had. Here texts and objects that recur are kept once, numbers stand in arrays,
and the numbers of all traces, or of all timings, lie end to end in one array.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise
from sys import intern
from typing import TYPE_CHECKING, Any, overload

from harness.fields import FIELDS, default

if TYPE_CHECKING:
    import numpy as np

_AT_ONCE = 256  # records that are taken apart together
_NULL = -(2**63)  # stands for null among integers; those of a record are greater
_FEW = 1000  # different values, beyond which it counts how often each recurs
_OFTEN = 8  # times at least, or keeping track of them is not worth its memory


def _fixed(numbers: np.ndarray) -> np.ndarray:
    numbers.flags.writeable = False  # it is the column's own memory
    return numbers


class _Objects:
    """Texts, truth values and nulls: those that recur are one object."""

    def __init__(self) -> None:
        self.values: Any = []
        self._known: dict[Any, Any] | None = {}

    def extend(self, values: Sequence[Any]) -> None:
        if self._known is None:
            self.values += values
            return
        self.values += map(self._known.setdefault, self._keys(values), values)
        if len(self._known) > max(_FEW, len(self.values) // _OFTEN):
            self._known = None

    def objects(self) -> np.ndarray:
        import numpy as np

        if isinstance(self.values, list):
            self.values = _fixed(np.fromiter(self.values, object, len(self.values)))
        return np.asarray(self.values)

    def _keys(self, values: Sequence[Any]) -> Iterable[Any]:
        return values

    def __getitem__(self, place: int) -> Any:
        return self.values[place]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)


class _Holders(_Objects):
    """Objects and lists of JSON; whoever asks for one gets a copy."""

    def extend(self, values: Sequence[Any]) -> None:
        super().extend(values if self._known is not None else list(map(_named, values)))

    def _keys(self, values: Sequence[Any]) -> Iterable[Any]:
        return map(repr, values)  # which tells 1 from 1.0 and true

    def __getitem__(self, place: int) -> Any:
        return self.values[place].copy()

    def __iter__(self) -> Iterator[Any]:
        return (value.copy() for value in self.values)


def _named(value: Any) -> Any:
    """An object whose names are those of the others; the reader of JSON makes them anew."""
    return {intern(k): v for k, v in value.items()} if isinstance(value, dict) else value


class _Floats:
    """Numbers; null is NaN, which no record holds."""

    def __init__(self) -> None:
        self.values = array("d")

    def extend(self, values: Sequence[Any]) -> None:
        self.values.extend([math.nan if value is None else value for value in values])

    def floats(self) -> np.ndarray:
        import numpy as np

        return _fixed(np.frombuffer(self.values))

    def __getitem__(self, place: int) -> float | None:
        value = self.values[place]
        return value if value == value else None

    def __iter__(self) -> Iterator[float | None]:
        return (value if value == value else None for value in self.values)


class _Integers:
    """Whole numbers of 64 bits, exact."""

    def __init__(self) -> None:
        self.values = array("q")

    def extend(self, values: Sequence[Any]) -> None:
        self.values.extend(
            [_NULL if value is None or value != value else int(value) for value in values]
        )

    def floats(self) -> np.ndarray:
        import numpy as np

        whole = np.array(self.values)
        return np.where(whole == _NULL, np.nan, whole.astype(float))

    def integers(self) -> np.ndarray:
        import numpy as np

        return self.floats() if _NULL in self.values else np.array(self.values)

    def __getitem__(self, place: int) -> int | None:
        value = self.values[place]
        return value if value != _NULL else None

    def __iter__(self) -> Iterator[int | None]:
        return (value if value != _NULL else None for value in self.values)


class _Lists:
    """Lists of numbers, or of points of `width` numbers."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._numbers = array("d")
        self._ends = array("q", [0])

    def extend(self, values: Sequence[Any]) -> None:
        for value in values:
            self._numbers.extend(chain.from_iterable(value) if self._width > 1 else value)
            self._ends.append(len(self._numbers))

    def arrays(self) -> list[np.ndarray]:
        import numpy as np

        numbers = _fixed(np.frombuffer(self._numbers))
        rows = numbers.reshape(-1, self._width) if self._width > 1 else numbers
        ends = (np.array(self._ends) // self._width).tolist()
        empty = rows[:0]
        return [rows[begin:end] if begin < end else empty for begin, end in pairwise(ends)]

    def __getitem__(self, place: int) -> list[Any]:
        place %= len(self._ends) - 1
        numbers = self._numbers[self._ends[place] : self._ends[place + 1]].tolist()
        if self._width == 1:
            return numbers
        return [numbers[i : i + self._width] for i in range(0, len(numbers), self._width)]

    def __iter__(self) -> Iterator[list[Any]]:
        return (self[place] for place in range(len(self._ends) - 1))


def _column(kind: str) -> Any:
    """The column for a field of that type."""
    if kind in ("str", "bool | None"):
        return _Objects()
    if kind in ("int", "int | None"):
        return _Integers()
    if kind == "float | None":
        return _Floats()
    if kind in ("list[float]", "list[list[float]]"):
        return _Lists(3 if "[list" in kind else 1)
    return _Holders()


class Records(Sequence[dict[str, Any]]):
    """Records: dicts of the fields of `harness.record.Record`, with `run` and `line`.

    Each dict is made when it is asked for; changing it changes nothing here. The arrays that are
    given out are the columns themselves, to which no record can be appended from then on.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        """Take records that have `run`; what else they lack has its default."""
        self._columns = {name: _column(str(item.type)) for name, item in FIELDS.items()}
        self._columns |= {"run": _Objects(), "line": _Integers()}
        self._length = 0
        self._given_out = False
        for row in rows:
            values = [row[name] if name in row else default(name) for name in FIELDS]
            self.extend(row["run"], [(row.get("line", 0), values)])

    def extend(self, run: str, numbered: Iterable[tuple[int, Sequence[Any]]]) -> None:
        """Append records of a run: line numbers with values in the order of `FIELDS`."""
        if self._given_out:
            raise ValueError("arrays of these records were given out, so that none can be appended")
        numbered = iter(numbered)
        while some := list(islice(numbered, _AT_ONCE)):
            lines, rows = zip(*some, strict=True)
            columns = [*zip(*rows, strict=True), [run] * len(some), lines]
            for column, values in zip(self._columns.values(), columns, strict=True):
                column.extend(values)
            self._length += len(some)

    def objects(self, name: str) -> np.ndarray:
        """A column of texts, truth values, objects or lists of texts; not to be changed."""
        column = self._give_out(name)
        assert isinstance(column, _Objects)
        return column.objects()

    def floats(self, name: str) -> np.ndarray:
        """A column of numbers, float[records]; NaN for null. Not to be changed."""
        column = self._give_out(name)
        assert isinstance(column, _Floats | _Integers)
        return column.floats()

    def integers(self, name: str) -> np.ndarray:
        """A column of whole numbers, int[records] and exact; as `floats` where one is null."""
        column = self._give_out(name)
        assert isinstance(column, _Integers)
        return column.integers()

    def arrays(self, name: str) -> list[np.ndarray]:
        """A column of lists, float[values] or float[points, 3] each. Not to be changed."""
        column = self._give_out(name)
        assert isinstance(column, _Lists)
        return column.arrays()

    def _give_out(self, name: str) -> Any:
        self._given_out = True
        return self._columns[name]

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(self._length))]
        if not -self._length <= place < self._length:
            raise IndexError(place)
        return {name: column[place] for name, column in self._columns.items()}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = tuple(self._columns)
        for row in zip(*self._columns.values(), strict=True):
            yield dict(zip(names, row, strict=True))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(map(dict.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self._length} records>"
