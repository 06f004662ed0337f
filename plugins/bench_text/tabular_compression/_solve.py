"""What the solvers share: the containers that they try, of which each smaller one is an answer."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from bench_text.tabular_compression import _byte_coders, _latent
from bench_text.tabular_compression._container import MOST_CLASSES, encode

ORDERS = {"any": (False, True), "rows": (False,), "columns": (True,)}
ALWAYS_THERE = (
    "kt",
    "ans",
    "lz78",
    "deflate",
    "bzip2",
    "lzma",
)  # base coders without another package
CELLS = {"any": (False, True), "bytes": (False,), "packed": (True,)}


def one_of(name: str, value: object, choices: Iterable[str]) -> None:
    """Refuse what is none of the choices.

    Raises:
        ValueError: with the choices.
    """
    if value not in (known := tuple(choices)):
        raise ValueError(f"{name} is {value!r}; expected one of {', '.join(known)}")


def check_plain(solver: Any, coder: str) -> None:
    """Refuse settings of a compressor of bytes that make no sense.

    Raises:
        ValueError: which and why.
    """
    one_of("order", solver.order, ORDERS)
    one_of("cells", solver.cells, CELLS)
    check_level(coder, solver.level)


def check_level(coder: str, level: object) -> None:
    """Refuse a level that the compressor doesn't have.

    Raises:
        ValueError: which there are.
    """
    _whole("level", level, *_byte_coders.LEVELS[coder])


def check_latent(solver: Any) -> None:
    """Refuse settings of the latent solvers that make no sense.

    Raises:
        ValueError: which and why.
    """
    one_of("cells", solver.cells, CELLS)
    _whole("row_classes", solver.row_classes, 0, MOST_CLASSES)
    _whole("column_classes", solver.column_classes, 0, MOST_CLASSES)
    _whole("most_classes", solver.most_classes, 1, MOST_CLASSES)
    _whole("restarts", solver.restarts, 1, 1000)


def _whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{name} is {value!r}; expected a whole number {least} to {most}")


def plain(solver: Any, coder: str, data: Any) -> Iterator[np.ndarray]:
    """The whole table by a compressor of bytes: by rows, by columns, packed or not."""
    yield from smaller(
        encode(data.table, coder, transposed=transposed, packed=packed, level=solver.level)
        for transposed in ORDERS[solver.order]
        for packed in cells(data, coder, solver.cells)
    )


def latent(
    solver: Any, base: str, data: Any, rng: np.random.Generator, level: int | None = None
) -> Iterator[np.ndarray]:
    """The whole table by the base coder; then blocks of the best classes, where that is smaller."""
    table = np.ascontiguousarray(data.table, np.uint16)
    widths = cells(data, base, solver.cells)
    best = None
    for best in smaller(encode(table, base, packed=packed, level=level) for packed in widths):
        yield best
    rows, columns = (
        (given, given) if given else (1, solver.most_classes)
        for given in (solver.row_classes, solver.column_classes)
    )
    search = _latent.best_classes(table, rows, columns, solver.restarts, rng)
    while (classes := next(search)) is None:
        yield best
    blocks = (
        encode(table, base, "blocks", packed=packed, level=level, classes=classes)
        for packed in widths
    )
    yield from smaller(blocks, best)


def cells(data: Any, coder: str, wanted: str) -> tuple[bool, ...]:
    """Whether to pack letters: what was asked for, where it makes a difference."""
    if coder not in _byte_coders.NAMES or data.letters > 16:
        return (False,)
    return CELLS[wanted]


def smaller(
    containers: Iterable[np.ndarray], best: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """The smallest container so far, after each."""
    for found in containers:
        if best is None or len(found) < len(best):
            best = found
        yield best
