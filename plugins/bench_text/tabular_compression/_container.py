"""The container: the one form of answers, and what decodes it without having seen the table.

A container is bytes: a head (one byte, then the rows, the columns and the letters as whole numbers
of seven bits a byte), what the layout needs, and the letters. The first byte holds

    bits 0-2  the coder: 0 counts (Krichevsky and Trofimov), 1 LZ78, 2 deflate, 3 bzip2, 4 LZMA,
              5 Zstandard, 6 none: the letters as they are, 7 asymmetric numeral systems (ANS)
    bits 3-4  the layout: 0 the whole table row by row; 1 the same, counts begin anew with each row;
              2 blocks, one for each class of rows and class of columns, in order, each row by row;
              3 the rows in another order
    bit 5     the table was transposed before
    bit 6     letters are packed: 1, 2 or 4 bits each where there are up to 2, 4 or 16 of them
    bit 7     the table is upside down: its last row is the first one here

Layout 2 has the numbers of classes in its head and begins with the classes of rows and of columns,
both by counts; layout 3 begins with the order. Behind counts and LZ78 all is one stream. ANS has
two: the first, behind its length, holds the classes or the order and the frequencies of the blocks.
The other coders get bytes: the classes or the order are a stream of their own behind its length,
and every block but the last stands behind its length.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from bench_text.tabular_compression import _ans, _byte_coders
from bench_text.tabular_compression._streams import (
    MOST_COUNT,
    MOST_LETTERS,
    FormatError,
    Reader,
    Writer,
)

CODERS = ("kt", "lz78", *_byte_coders.NAMES, "ans")
LAYOUTS = ("whole", "lines", "blocks", "sorted")
MOST_CLASSES = 256  # of rows, and of columns
Expand = Callable[[str, bytes, int], bytes]  # the bytes of a stream by a coder, and how many
_TRANSPOSED, _PACKED, _UPSIDE_DOWN = 1 << 5, 1 << 6, 1 << 7


@dataclass(frozen=True)
class Head:
    """What the first bytes say, of the table as it was coded (transposed or not)."""

    coder: str
    layout: str
    transposed: bool
    packed: bool
    upside_down: bool
    rows: int
    columns: int
    letters: int
    row_classes: int = 1
    column_classes: int = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Of the table itself."""
        return (self.columns, self.rows) if self.transposed else (self.rows, self.columns)


def encode(
    table: np.ndarray,
    coder: str,
    layout: str = "whole",
    *,
    transposed: bool = False,
    packed: bool = False,
    level: int | None = None,
    classes: tuple[np.ndarray, np.ndarray] | None = None,
    order: np.ndarray | None = None,
) -> np.ndarray:
    """The container of a table, uint8.

    Args:
        table: rows x columns, uint8 or uint16; the alphabet goes up to its largest letter.
        coder: one of `CODERS`.
        layout: one of `LAYOUTS`.
        transposed: code the transpose. Everything below speaks of it then.
        packed: whether coders of bytes get several letters in one, where they fit.
        level: of a coder of bytes; None for its default.
        classes: for blocks: the class of each row and of each column, from 0 on.
        order: for "sorted": the rows in the order in which they are coded.
    """
    coded = np.ascontiguousarray(table.T if transposed else table, np.uint16)
    letters = int(coded.max()) + 1
    groups = tuple(int(labels.max()) + 1 for labels in classes) if classes else (1, 1)
    m, n = coded.shape
    head = Head(coder, layout, transposed, packed, False, m, n, letters, *groups)
    side = Writer()
    if classes:
        for labels, count in zip(classes, groups, strict=True):
            side.counts(labels.astype(np.uint16), count)
    if order is not None:
        side.order(order.astype(np.int32))
        coded = coded[order]
    blocks = _blocks(coded, classes)
    if coder in _byte_coders.NAMES:
        level = _byte_coders.DEFAULT_LEVELS[coder] if level is None else level
        content = _in_bytes(head, side, blocks, level)
    elif coder == "ans":
        stream = _ans.write(side, blocks, letters)
        content = _behind_length(side.finish().tobytes()) + stream
    else:
        for block in blocks:
            if coder == "lz78":
                side.phrases(block, letters)
            else:
                side.counts(block, letters, head.columns if layout == "lines" else 0)
        content = side.finish().tobytes()
    return np.frombuffer(_head_bytes(head) + content, np.uint8)


def decode(
    container: np.ndarray,
    shape: tuple[int, int],
    letters: int,
    expand: Expand = _byte_coders.decompress,
) -> np.ndarray:
    """The table in a container, uint8 or uint16.

    Args:
        container: uint8, from anywhere.
        shape: of the table; nothing is decoded where the head says another one.
        letters: that there are at most.
        expand: what coders of bytes are undone by; of containers that are trusted it may be
            `_byte_coders.expand`, which is as right, and faster.

    Raises:
        FormatError: where the bytes are no container of such a table.
    """
    head, at = read_head(container)
    if head.shape != shape:
        raise FormatError(f"the head tells of a table of shape {head.shape}, expected {shape}")
    if head.letters > letters:
        raise FormatError(f"the head tells of {head.letters} letters, expected at most {letters}")
    content = container[at:]
    in_bytes = head.coder in _byte_coders.NAMES
    if head.coder == "ans" or (in_bytes and head.layout in ("blocks", "sorted")):
        length, at = _number(content, 0, "the length of the first stream")
        _there(content, at, length)
        side, content = Reader(content[at : at + length]), content[at + length :]
    else:
        side = Reader(content[:0] if in_bytes else content)
    classes = order = None
    if head.layout == "blocks":
        classes = (
            side.counts(head.rows, head.row_classes),
            side.counts(head.columns, head.column_classes),
        )
    elif head.layout == "sorted":
        order = side.order(head.rows)
    if head.coder == "ans":
        blocks = iter(_ans.read(side, content, _sizes(head, classes), head.letters))
        side.finish()
    elif in_bytes:
        side.finish()
        blocks = _from_bytes(head, content, _sizes(head, classes), expand)
    else:
        blocks = _from_stream(head, side, _sizes(head, classes))
    coded = _assembled(head, blocks, classes)
    if order is not None:
        sorted_rows, coded = coded, np.empty_like(coded)
        coded[order] = sorted_rows
    table = coded.T if head.transposed else coded
    return table[::-1] if head.upside_down else table


def read_head(container: np.ndarray) -> tuple[Head, int]:
    """The head, and where it ends.

    Raises:
        FormatError: where there is none.
    """
    if not len(container):
        raise FormatError("there are no bytes")
    first = int(container[0])
    layout = LAYOUTS[first >> 3 & 3]
    names = ["rows", "columns", "letters"]
    most = [MOST_COUNT, MOST_COUNT, MOST_LETTERS]
    if layout == "blocks":
        names += ["row classes", "column classes"]
        most += [MOST_CLASSES] * 2
    numbers, at = [], 1
    for name, largest in zip(names, most, strict=True):
        number, at = _number(container, at, f"the number of {name}")
        if not 1 <= number <= largest:
            raise FormatError(f"the number of {name} is {number}, expected 1 to {largest}")
        numbers.append(number)
    coder = CODERS[first & 7]
    if layout == "lines" and coder != "kt":
        raise FormatError(f"coder {coder} can't begin anew with each row")
    flags = (bool(first & flag) for flag in (_TRANSPOSED, _PACKED, _UPSIDE_DOWN))
    return Head(coder, layout, *flags, *numbers), at


def turned(container: np.ndarray) -> np.ndarray:
    """A container of the transposed table, of the same length, of one that is not upside down."""
    found = np.array(container)
    found[0] ^= _TRANSPOSED
    return found


def upside_down(container: np.ndarray) -> np.ndarray:
    """A container of the table whose rows are in reverse order, of the same length."""
    found = np.array(container)
    found[0] ^= _UPSIDE_DOWN
    return found


def _head_bytes(head: Head) -> bytes:
    first = CODERS.index(head.coder) | LAYOUTS.index(head.layout) << 3
    first |= _TRANSPOSED * head.transposed | _PACKED * head.packed
    first |= _UPSIDE_DOWN * head.upside_down
    numbers = [head.rows, head.columns, head.letters]
    if head.layout == "blocks":
        numbers += [head.row_classes, head.column_classes]
    return bytes([first]) + b"".join(map(_number_bytes, numbers))


def _number_bytes(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the last byte is below 128."""
    found = []
    while number >= 128:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _number(content: np.ndarray, at: int, what: str) -> tuple[int, int]:
    """A number, and where it ends."""
    number = 0
    for shift in range(0, 35, 7):
        if at >= len(content):
            raise FormatError(f"the bytes end within {what}")
        byte = int(content[at])
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
    raise FormatError(f"{what} goes on for more than five bytes")


def _there(content: np.ndarray, at: int, length: int) -> None:
    if length > len(content) - at:
        raise FormatError(f"a stream of {length} bytes is cut off after {len(content) - at}")


# Blocks


def _blocks(
    coded: np.ndarray, classes: tuple[np.ndarray, np.ndarray] | None
) -> Iterator[np.ndarray]:
    """The letters of each block, row by row; none of empty ones."""
    if classes is None:
        yield coded.ravel()
        return
    (rows, row_cuts), (columns, column_cuts) = map(_by_class, classes)
    gathered = coded[rows][:, columns]
    for top, bottom in row_cuts:
        for left, right in column_cuts:
            if bottom > top and right > left:
                yield np.ascontiguousarray(gathered[top:bottom, left:right]).ravel()


def _by_class(labels: np.ndarray, count: int = 0) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """What is in the classes, class by class, and from where to where each of them goes."""
    ends = np.cumsum(np.bincount(labels, minlength=count)).tolist()
    return np.argsort(labels, kind="stable"), list(zip([0, *ends], ends, strict=False))


def _sizes(head: Head, classes: tuple[np.ndarray, np.ndarray] | None) -> list[int]:
    """The number of letters of each block that is not empty."""
    if classes is None:
        return [head.rows * head.columns]
    counts = np.outer(*(np.bincount(labels) for labels in classes))
    return counts[counts > 0].tolist()


def _assembled(
    head: Head, blocks: Iterator[np.ndarray], classes: tuple[np.ndarray, np.ndarray] | None
) -> np.ndarray:
    shape = head.rows, head.columns
    first = next(blocks)
    if classes is None:
        return first.reshape(shape)
    (rows, row_cuts), (columns, column_cuts) = map(_by_class, classes)
    gathered = np.empty(shape, first.dtype)
    left_over = chain([first], blocks)
    for top, bottom in row_cuts:
        for left, right in column_cuts:
            if bottom > top and right > left:
                block = next(left_over).reshape(bottom - top, right - left)
                gathered[top:bottom, left:right] = block
    return gathered[:, _inverse(columns)][_inverse(rows)]


def _inverse(order: np.ndarray) -> np.ndarray:
    found = np.empty_like(order)
    found[order] = np.arange(len(order))
    return found


def _from_stream(head: Head, stream: Reader, sizes: list[int]) -> Iterator[np.ndarray]:
    run = head.columns if head.layout == "lines" else 0
    blocks = [
        stream.phrases(size, head.letters)
        if head.coder == "lz78"
        else stream.counts(size, head.letters, run)
        for size in sizes
    ]
    stream.finish()
    return iter(blocks)


# Coders of bytes


def _in_bytes(head: Head, side: Writer, blocks: Iterator[np.ndarray], level: int) -> bytes:
    streams = [
        _byte_coders.compress(head.coder, _packed(block, _width(head)), level) for block in blocks
    ]
    parts = []
    if head.layout in ("blocks", "sorted"):
        parts.append(_behind_length(side.finish().tobytes()))
    parts += map(_behind_length, streams[:-1])
    return b"".join([*parts, streams[-1]])


def _behind_length(stream: bytes) -> bytes:
    return _number_bytes(len(stream)) + stream


def _from_bytes(
    head: Head, content: np.ndarray, sizes: list[int], expand: Expand
) -> Iterator[np.ndarray]:
    width, at = _width(head), 0
    for number, size in enumerate(sizes, 1):
        length = len(content) - at
        if number < len(sizes):
            length, at = _number(content, at, f"the length of block {number}")
            _there(content, at, length)
        stream = content[at : at + length].tobytes()
        at += length
        yield _unpacked(expand(head.coder, stream, (size * width + 7) // 8), size, width)


def _width(head: Head) -> int:
    """Bits of a letter in the bytes that a coder gets."""
    if head.letters > 256:
        return 16
    return next((w for w in (1, 2, 4) if head.packed and head.letters <= 1 << w), 8)


def _packed(block: np.ndarray, width: int) -> bytes:
    """Letters of `width` bits as bytes, the first letter highest; the last byte is filled up."""
    if width >= 8:
        return block.astype("<u2" if width == 16 else np.uint8).tobytes()
    per_byte = 8 // width
    filled = np.zeros(-(-len(block) // per_byte) * per_byte, np.uint8)
    filled[: len(block)] = block
    found = np.zeros(len(filled) // per_byte, np.uint8)
    for part in range(per_byte):
        found |= filled[part::per_byte] << (8 - width * (part + 1))
    return found.tobytes()


def _unpacked(content: bytes, count: int, width: int) -> np.ndarray:
    if width >= 8:
        return np.frombuffer(content, "<u2" if width == 16 else np.uint8)
    letters = _letters_of_bytes(width)[np.frombuffer(content, np.uint8)]
    return letters.view(np.uint8)[:count]


@functools.cache
def _letters_of_bytes(width: int) -> np.ndarray:
    """The letters that each of the 256 bytes holds, side by side as the bytes of one number."""
    shifts = np.arange(8 - width, -1, -width, dtype=np.uint8)
    letters = np.arange(256, dtype=np.uint8)[:, None] >> shifts & ((1 << width) - 1)
    return letters.view(f"u{8 // width}").ravel()
