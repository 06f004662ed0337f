"""The formats that a table is written in, and the marks by which an answer tells its own.

A format is a coder and a layout, such as "deflate rows". Each is a container as
`tabular_compression/_container.py` describes it, with the default level of its coder. Letters are
packed for coders of bytes wherever 16 letters or fewer make that possible. Layouts:

    table     row by row, one table of counts for all (counts, or ANS by its frequencies)
    rows      row by row (counts begin anew with each row)
    columns   column by column (counts begin anew with each column)
    blocks    one block for each class of rows and class of columns, as the solver `latent_blocks`
              of tabular_compression finds them, up to 6 of either

All formats of a case hold one table, but for some entries, the marks: one in a thousand, other ones
in each format, where another letter stands. So an answer, which is a table, tells which bytes it
was decoded from, and the size that stands beside a time is that of the bytes that were read.
"""

import importlib.util
from typing import Any

import numpy as np

from bench_text.tabular_compression import _latent
from bench_text.tabular_compression._container import encode

_MOST_CLASSES = 6
_RESTARTS = 10
_MARKS = 1000  # entries for each of which one is a mark
_PACKAGES = {"zstd": "zstandard"}  # that coders need

# name -> coder, layout of the container, transposed
FORMATS = {
    "stored rows": ("stored", "whole", False),
    "kt table": ("kt", "whole", False),
    "kt rows": ("kt", "lines", False),
    "kt columns": ("kt", "lines", True),
    "kt blocks": ("kt", "blocks", False),
    "ans table": ("ans", "whole", False),
    "ans blocks": ("ans", "blocks", False),
    **{
        f"{coder} {layout}": (coder, "blocks" if layout == "blocks" else "whole", transposed)
        for coder in ("lz78", "deflate", "bzip2", "lzma", "zstd")
        for layout, transposed in (("rows", False), ("columns", True), ("blocks", False))
    },
}


def written(
    table: np.ndarray, letters: int, rng: np.random.Generator
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The containers of a table by format, and what tells which of them an answer is of.

    Args:
        table: m x n, uint8 or uint16.
        letters: one more than the largest letter that may come.
        rng: draws the classes and the marks.

    Returns:
        The containers, uint8; and the truth: `table`, with `places` and `letters`, one row for each
        container, the entries (counted row by row) where it holds other letters, and which.
    """
    names = [name for name, (coder, *_) in FORMATS.items() if _there(coder)]
    marks = 0 if letters == 1 else -(-table.size // _MARKS)
    if marks * len(names) <= table.size:
        places = rng.choice(table.size, (len(names), marks), replace=False)
    else:  # a tiny table
        places = rng.integers(table.size, size=(len(names), marks))
    places.sort(axis=1)
    steps = rng.integers(1, max(2, letters), size=places.shape)
    marked = ((table.ravel()[places] + steps) % letters).astype(table.dtype)
    *_, classes = _latent.best_classes(
        np.ascontiguousarray(table, np.uint16),
        (1, _MOST_CLASSES),
        (1, _MOST_CLASSES),
        _RESTARTS,
        rng,
    )
    containers = {}
    for name, own_places, own_letters in zip(names, places, marked, strict=True):
        coder, layout, transposed = FORMATS[name]
        own = table.copy()
        own.flat[own_places] = own_letters
        containers[name] = encode(
            own,
            coder,
            layout,
            transposed=transposed,
            packed=True,
            classes=classes if layout == "blocks" else None,
        )
    return containers, {"table": table, "places": places, "letters": marked}


def format_of(truth: dict[str, Any], table: np.ndarray) -> tuple[list[int], int]:
    """The formats whose table this is, by number; and the one that it is nearest to.

    Of tiny tables, and of those of a single letter, several formats may hold the same.
    """
    found, common = table.ravel(), truth["table"].ravel()
    other = np.flatnonzero(found != common)
    missed = [  # marks that are not there, and differences that are no marks
        np.count_nonzero(found[places] != letters) + len(np.setdiff1d(other, places))
        for places, letters in zip(truth["places"], truth["letters"], strict=True)
    ]
    return [number for number, many in enumerate(missed) if not many], int(np.argmin(missed))


def table_of(truth: dict[str, Any], number: int) -> np.ndarray:
    """The table that a format holds."""
    own = np.array(truth["table"])
    own.flat[truth["places"][number]] = truth["letters"][number]
    return own


def _there(coder: str) -> bool:
    package = _PACKAGES.get(coder)
    return package is None or importlib.util.find_spec(package) is not None
